//! The distributions of several results, pooled.

use std::collections::BTreeMap;

use crate::record::distribution::{Distribution, Percentiles};
use crate::result::run::{RunResult, at_gate, time_to_token_of};

/// By the path of their percentiles.
#[derive(Debug, Default)]
pub(super) struct Pooled(BTreeMap<String, Distribution>);

impl Pooled {
    /// Those of all results. What is wrong with them is added to the problems.
    pub(super) fn of(results: &[(String, RunResult)], wrong: &mut Vec<String>) -> Self {
        let mut pooled = Self::default();
        for (name, result) in results {
            for (path, encoded) in &result.histograms {
                match Distribution::decoded(encoded) {
                    Ok(distribution) => pooled
                        .0
                        .entry(path.clone())
                        .or_default()
                        .merge(&distribution),
                    Err(expected) => {
                        wrong.push(format!("{name}: histograms.{path}: expected {expected}"));
                    }
                }
            }
        }
        pooled.complete(results, wrong);
        pooled
    }

    /// Each result has to have all of them.
    fn complete(&self, results: &[(String, RunResult)], wrong: &mut Vec<String>) {
        for (name, result) in results {
            let missing = self
                .0
                .keys()
                .filter(|path| !result.histograms.contains_key(*path));
            wrong.extend(
                missing
                    .map(|path| format!("{name}: histograms: expected {path}, as others have it")),
            );
        }
    }

    /// Puts what they say into the document, and themselves.
    pub(super) fn fill(&self, all: &mut RunResult) {
        let whole = self.at("time_to_token_ms");
        all.time_to_token_ms = whole.percentiles();
        all.time_to_token_succeeded_ms = whole.percentiles_without_never();
        all.time_to_token_curve = whole.curve();
        all.attempt_latency_ms.granted = self.percentiles("attempt_latency_ms.granted");
        all.attempt_latency_ms.refused = self.percentiles("attempt_latency_ms.refused");
        all.attempt_latency_ms.other = self.percentiles("attempt_latency_ms.other");
        self.fill_others(all);
        self.fill_groups(all);
        let encoded = self.0.iter();
        let encoded = encoded.map(|(path, distribution)| (path.clone(), distribution.encoded()));
        all.histograms = encoded.collect();
    }

    /// Of what is about no group and no token.
    fn fill_others(&self, all: &mut RunResult) {
        all.metadata.granted_latency_ms = self.percentiles("metadata.granted_latency_ms");
        all.resource_manager.granted_latency_ms =
            self.percentiles("resource_manager.granted_latency_ms");
        all.context.lock.wait_ms = self.percentiles("context.lock.wait_ms");
        all.context.lock.held_ms = self.percentiles("context.lock.held_ms");
        all.start_lag_ms = self.percentiles("start_lag_ms");
        if let Some(broker) = &mut all.broker {
            broker.granted_latency_ms = self.percentiles("broker.granted_latency_ms");
        }
    }

    fn fill_groups(&self, all: &mut RunResult) {
        for (name, group) in &mut all.sessions.by_group {
            let times = self.at(&time_to_token_of(name));
            group.time_to_token_ms = times.percentiles();
            group.time_to_token_succeeded_ms = times.percentiles_without_never();
            group.time_to_token_curve = times.curve();
            let gate = group
                .through
                .as_mut()
                .and_then(|through| through.waited_ms.as_mut());
            if let Some(waited) = gate {
                *waited = self.percentiles(&at_gate(name));
            }
        }
    }

    fn percentiles(&self, path: &str) -> Percentiles {
        self.at(path).percentiles()
    }

    /// Nothing where no result has it.
    fn at(&self, path: &str) -> Distribution {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

//! What many runs of one scenario came to, each with a seed of its own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::distribution::rank;
use crate::result::judging::Judgement;
use crate::result::paths;
use crate::result::reading::{self, ReadError};
use crate::result::run::RunResult;
pub(crate) use crate::result::spread::Spread;
use crate::result::spread::at_rank;
use crate::result::verdict::Verdict;

/// The version of the summary document.
pub(crate) const SCHEMA: u32 = 1;

/// The figures of a result that a summary tells of, by their paths.
const METRICS: [&str; 8] = [
    "sessions.success_ratio",
    "attempts.per_token",
    "attempts.total",
    "makespan_ms",
    "lower_bound_ms",
    "time_to_token_ms.p50",
    "time_to_token_ms.p99",
    "time_to_token_ms.max",
];

/// How often an expectation was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MetIn {
    /// The path in the result document.
    pub path: String,
    /// The expectation as the scenario writes it.
    pub expected: String,
    /// The number of runs in which it was met.
    pub met: u32,
    /// The number of runs in which nothing was measured of it.
    #[serde(default)]
    pub not_measured: u32,
}

impl MetIn {
    /// In how many of so many runs, in words.
    #[must_use]
    pub(crate) fn told(&self, runs: u32) -> String {
        let not_measured = match self.not_measured {
            0 => String::new(),
            runs => format!(" (not measured in {runs})"),
        };
        format!("{} of {runs}{not_measured}", self.met)
    }
}

/// The result of many runs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Summary {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The seed of the first run; run i has this seed + i.
    pub first_seed: u64,
    /// The command that plays the same again; null: the runs were not made by a command.
    #[serde(default)]
    pub replay: Option<String>,
    /// How many runs there were.
    pub runs: u32,
    /// How many sessions each group had; of one that ends by time, how many users.
    pub groups: BTreeMap<String, u64>,
    /// How many of the runs passed.
    pub passed: u32,
    /// Passed by runs.
    pub passed_ratio: f64,
    /// The spread of figures over the runs, by their paths in the result document.
    pub metrics: BTreeMap<String, Spread>,
    /// How often each expectation was met.
    pub expectations: Vec<MetIn>,
    /// Passed if every run did.
    pub verdict: Verdict,
}

/// Sums runs up as they come, so that no result needs to be kept.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    first: Option<First>,
    passed: u32,
    count: u32,
    figures: BTreeMap<&'static str, Vec<f64>>,
    expectations: Vec<MetIn>,
}

/// What all runs have in common.
#[derive(Debug, Default)]
struct First {
    scenario: String,
    seed: u64,
    groups: BTreeMap<String, u64>,
}

impl First {
    fn of(result: &RunResult) -> Self {
        let groups = result.sessions.by_group.iter();
        Self {
            scenario: result.scenario.clone(),
            seed: result.seed,
            groups: groups
                .map(|(name, group)| (name.clone(), group.size_by_plan()))
                .collect(),
        }
    }
}

impl Runs {
    /// Counts one more run.
    pub(crate) fn add(&mut self, result: &RunResult) {
        self.first.get_or_insert_with(|| First::of(result));
        self.count += 1;
        self.passed += u32::from(result.verdict == Verdict::Passed);
        self.add_figures(&result.to_json());
        if self.expectations.is_empty() {
            let none = |judgement: &Judgement| MetIn {
                path: judgement.path.clone(),
                expected: judgement.expected.clone(),
                met: 0,
                not_measured: 0,
            };
            self.expectations = result.expectations.iter().map(none).collect();
        }
        for (sum, judgement) in self.expectations.iter_mut().zip(&result.expectations) {
            sum.met += u32::from(judgement.met);
            sum.not_measured += u32::from(!judgement.measured);
        }
    }

    fn add_figures(&mut self, document: &Value) {
        for path in METRICS {
            let figure = paths::number(document, path);
            self.figures.entry(path).or_default().push(figure);
        }
    }

    /// The summary of the runs so far.
    #[must_use]
    pub(crate) fn summary(self) -> Summary {
        let First {
            scenario,
            seed,
            groups,
        } = self.first.unwrap_or_default();
        let all_passed = self.passed == self.count;
        let figures = self.figures.into_iter();
        Summary {
            schema: SCHEMA,
            scenario,
            first_seed: seed,
            replay: None,
            runs: self.count,
            groups,
            passed: self.passed,
            passed_ratio: f64::from(self.passed) / f64::from(self.count.max(1)),
            metrics: figures
                .map(|(path, figures)| (path.to_owned(), Spread::of(figures)))
                .collect(),
            expectations: self.expectations,
            verdict: if all_passed {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
        }
    }
}

impl Summary {
    /// Reads a summary from the text of the file called `name`. Keys that it does not know are left
    /// alone.
    ///
    /// # Errors
    /// If the text is no summary, or one of another version.
    pub(crate) fn from_json(name: &str, text: &str) -> Result<Self, ReadError> {
        reading::read(name, text, "a summary of `simulate --runs N`", SCHEMA)
    }
}

/// The median by nearest rank: the lower of both middle figures of an even number of them. None is
/// "never", for which infinity stands, and the median of nothing.
pub(crate) fn lower_median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    at_rank(&figures, rank(figures.len() as u64, 500))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_nearest_ranks() {
        let spread = Spread::of((1..=100).rev().map(f64::from).collect());
        let found = [spread.min, spread.p5, spread.p50, spread.p95, spread.max];
        assert_eq!(found, [1.0, 5.0, 50.0, 95.0, 100.0].map(Some));
    }

    #[test]
    fn a_median_is_the_lower_of_both_middle_figures_and_may_be_never() {
        assert_eq!(lower_median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.0));
        assert_eq!(lower_median(vec![3.0, 1.0, f64::INFINITY]), Some(3.0));
        assert_eq!(lower_median(vec![f64::INFINITY, 1.0, f64::INFINITY]), None);
        assert_eq!(lower_median(vec![]), None);
    }

    #[test]
    fn never_is_the_greatest() {
        let spread = Spread::of(vec![f64::INFINITY, 1.0, 2.0]);
        assert_eq!(
            (spread.min, spread.p50, spread.max),
            (Some(1.0), Some(2.0), None)
        );
    }
}

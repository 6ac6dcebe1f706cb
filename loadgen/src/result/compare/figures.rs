//! Which figures of a result are compared, and which way is better.

use std::iter;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::tolerance::{Tolerance, measured};
use crate::result::paths;

/// The figures that are compared without being asked for: those of the whole run, and of each group.
const OF_RUN: [&str; 11] = [
    "sessions.success_ratio",
    "sessions.failed",
    "sessions.wrong_context",
    "attempts.per_token",
    "attempts.total",
    "time_to_token_ms.p50",
    "time_to_token_ms.p90",
    "time_to_token_ms.p99",
    "time_to_token_ms.max",
    "time_spent_ms.waiting",
    "makespan_ms",
];

/// Of the run too, if both results have it: the sessions of both ask a broker.
const OF_BROKER: &str = "broker.sent";

const OF_GROUP: [&str; 3] = [
    "success_ratio",
    "time_to_token_ms.p50",
    "time_to_token_ms.p99",
];

/// Of a group too, if both results have it: its sessions wait at a gate in both.
const OF_GATE: &str = "through.waited_ms.p99";

/// Of each figure of a summary: what is usual, and what is bad luck one way or the other.
const OF_SPREAD: [&str; 3] = ["p5", "p50", "p95"];

/// The ends of paths to figures of which more is better; of all others less is.
const MORE_IS_BETTER: [&str; 6] = [
    "success_ratio",
    "passed_ratio",
    "succeeded",
    "tokens",
    "granted",
    "by_status.200",
];

/// Which way a figure gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Better {
    /// Times, attempts, failures.
    Less,
    /// What succeeded.
    More,
}

impl Better {
    pub(super) fn of(path: &str) -> Self {
        let figure = measured(path);
        let more = MORE_IS_BETTER.iter().any(|end| figure.ends_with(end));
        if more { Self::More } else { Self::Less }
    }

    /// By how much the new figure is better; less than zero: it is worse.
    pub(super) fn gain(self, base: f64, new: f64) -> f64 {
        match self {
            Self::Less => base - new,
            Self::More => new - base,
        }
    }
}

/// The paths of the figures of a run, and of those of its groups that the base has too. A group or a remedy that only one
/// result has is noted elsewhere.
pub(super) fn of_run<'a>(
    base: &Value,
    new: &Value,
    groups: impl Iterator<Item = &'a String>,
) -> Vec<String> {
    let of_group = |group| {
        let ends = OF_GROUP.into_iter().chain([OF_GATE]);
        ends.map(move |end| format!("sessions.by_group.{group}.{end}"))
    };
    let known = |path: &String| [base, new].iter().all(|of| paths::check(of, path).is_ok());
    let of_run = OF_RUN.iter().map(|path| (*path).to_owned());
    let of_remedies = [OF_BROKER.to_owned()]
        .into_iter()
        .chain(groups.flat_map(of_group));
    of_run.chain(of_remedies.filter(known)).collect()
}

/// The paths of the figures of a summary, as far as the base has them. The lower bound is no achievement.
pub(super) fn of_runs<'a>(base: &Value, metrics: impl Iterator<Item = &'a String>) -> Vec<String> {
    let achieved = metrics.filter(|path| *path != "lower_bound_ms");
    let spread = |path| OF_SPREAD.map(|end| format!("metrics.{path}.{end}"));
    let known = |path: &String| paths::check(base, path).is_ok();
    let passed = iter::once("passed_ratio".to_owned());
    passed
        .chain(achieved.flat_map(spread).filter(known))
        .collect()
}

/// The paths of all figures to compare: the usual ones, and those that tolerances name.
pub(super) fn paths(
    usual: Vec<String>,
    base: &Value,
    new: &Value,
    tolerances: &[Tolerance],
) -> Result<Vec<String>, Vec<String>> {
    let mut paths = usual;
    let mut unknown = vec![];
    for path in tolerances.iter().map(|tolerance| &tolerance.path) {
        match paths::check(base, path).and_then(|()| paths::check(new, path)) {
            Ok(()) if paths.contains(path) => {}
            Ok(()) => paths.push(path.clone()),
            Err(expected) => unknown.push(format!("--tolerance {path}: expected {expected}")),
        }
    }
    unknown.is_empty().then_some(paths).ok_or(unknown)
}

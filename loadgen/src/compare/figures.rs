//! Which figures of a result are compared, and which way is better.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::tolerance::Tolerance;
use crate::expect;

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

const OF_GROUP: [&str; 3] = [
    "success_ratio",
    "time_to_token_ms.p50",
    "time_to_token_ms.p99",
];

/// The ends of paths to figures of which more is better; of all others less is.
const MORE_IS_BETTER: [&str; 5] = [
    "success_ratio",
    "succeeded",
    "tokens",
    "granted",
    "by_status.200",
];

/// Which way a figure gets better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// Times, attempts, failures.
    Less,
    /// What succeeded.
    More,
}

impl Better {
    pub(super) fn of(path: &str) -> Self {
        let more = MORE_IS_BETTER.iter().any(|end| path.ends_with(end));
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

/// The paths of all figures to compare: those above, and those that tolerances name. A group that
/// only one result has is noted elsewhere.
pub(super) fn paths(
    base: &Value,
    new: &Value,
    tolerances: &[Tolerance],
) -> Result<Vec<String>, Vec<String>> {
    let mut paths: Vec<String> = OF_RUN.iter().map(|path| (*path).to_owned()).collect();
    let groups = new["sessions"]["by_group"].as_object();
    for group in groups.into_iter().flat_map(serde_json::Map::keys) {
        let of_group = OF_GROUP.map(|end| format!("sessions.by_group.{group}.{end}"));
        let known = |path: &String| expect::check(base, path).is_ok();
        paths.extend(of_group.into_iter().filter(known));
    }
    let mut unknown = vec![];
    for path in tolerances.iter().map(|tolerance| &tolerance.path) {
        match expect::check(base, path).and_then(|()| expect::check(new, path)) {
            Ok(()) if paths.contains(path) => {}
            Ok(()) => paths.push(path.clone()),
            Err(expected) => unknown.push(format!("--tolerance {path}: expected {expected}")),
        }
    }
    if unknown.is_empty() {
        Ok(paths)
    } else {
        Err(unknown)
    }
}

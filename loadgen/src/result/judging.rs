//! A result is held against what its scenario expects of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::paths;
use crate::scenario::expectation::Expectation;

/// How an expectation fared. `actual` is null where the result says "never".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Judgement {
    /// The path in the result document.
    pub path: String,
    /// The expectation as the scenario writes it.
    pub expected: String,
    /// The number found there.
    pub actual: Value,
    /// Whether it is as expected.
    pub met: bool,
}

/// Where null is "nothing to measure" and not "never": there is nothing to object to.
const NOTHING_TO_MEASURE: [&str; 6] = [
    "connections_dropped",
    "attempt_latency_ms.",
    "start_lag_ms.",
    "metadata.",
    "resource_manager.",
    "context.",
];

/// Whether null at this path says that nothing was measured; elsewhere it says "never".
fn may_be_unmeasured(path: &str) -> bool {
    NOTHING_TO_MEASURE.iter().any(|part| path.starts_with(part))
}

/// What null at this path stands for: infinity for "never", or not a number where nothing was measured.
pub(super) fn absent(path: &str) -> f64 {
    if may_be_unmeasured(path) {
        f64::NAN
    } else {
        f64::INFINITY
    }
}

/// The number at a path that results have, or what its absence stands for.
pub(super) fn figure(result: &Value, path: &str) -> f64 {
    paths::value(result, path).as_f64().unwrap_or(absent(path))
}

/// Holds a result against the expectation. "Never" (null) is greater than every number; where
/// nothing was measured, whatever was expected of it is met.
#[must_use]
pub(crate) fn judge(expectation: &Expectation, result: &Value) -> Judgement {
    let path = expectation.path();
    let actual = paths::value(result, path);
    let met = (actual.is_null() && may_be_unmeasured(path))
        || expectation.holds(paths::as_number(&actual));
    Judgement {
        path: path.to_owned(),
        expected: expectation.to_string(),
        actual,
        met,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::paths::samples::result;

    fn met(path: &str, expected: &str) -> bool {
        let expectation = Expectation::parse(path, expected).expect("valid");
        judge(&expectation, &result()).met
    }

    #[test]
    fn numbers_are_compared_as_written() {
        for (expected, holds) in [
            ("< 40", false),
            ("<= 40", true),
            ("== 40", true),
            ("!= 40", false),
            (">= 40", true),
            ("> 39.5", true),
        ] {
            assert_eq!(met("sessions.total", expected), holds, "{expected}");
        }
    }

    #[test]
    fn never_is_longer_than_any_time() {
        assert!(!met("time_to_token_ms.p99", "< 30000"));
        assert!(met("time_to_token_ms.p99", "> 30000"));
    }

    #[test]
    fn what_did_not_happen_counts_as_zero_where_keys_are_open() {
        assert!(met("sessions.by_failure.imds_410", "== 0"));
        assert!(met("sessions.by_failure.imds_429", "== 17"));
        assert!(met("sessions.by_group.cli.by_failure.imds_429", "== 0"));
        assert!(met("attempts.by_status.429", "== 0"));
        assert!(met("attempts.by_retry_index.3.sent", "== 0"));
        assert!(met("attempts.by_retry_index.0.sent", "== 40"));
    }

    #[test]
    fn where_nothing_was_measured_there_is_nothing_to_object_to() {
        assert!(met("attempt_latency_ms.refused.p99", "< 100"));
    }

    #[test]
    fn a_group_may_have_a_dot_in_its_name() {
        assert!(met("sessions.by_group.cli.success_ratio", "== 0.15"));
        assert!(met("sessions.by_group.cli.old.success_ratio", "== 0.5"));
    }
}

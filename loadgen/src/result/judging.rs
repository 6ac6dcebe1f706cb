//! A result is held against what its scenario expects of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::paths;
use crate::scenario::expectation::Expectation;

/// How an expectation fared. `actual` is null where the result says "never" or "no limit", and where nothing was
/// measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Judgement {
    /// Of a merged result the source that this is of: the first that does not meet it, or else that measured it, or else the
    /// first; left out: it is of one run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The path in the result document.
    pub path: String,
    /// The expectation as the scenario writes it.
    pub expected: String,
    /// The number found there.
    pub actual: Value,
    /// Whether anything was measured there. Where nothing was, the expectation is met only of a figure of refusals or
    /// failures, of which there were none.
    #[serde(default = "measured")]
    pub measured: bool,
    /// Whether it is as expected.
    pub met: bool,
}

/// Of a document that does not say so.
const fn measured() -> bool {
    true
}

impl Judgement {
    /// It cannot be decided.
    pub(super) fn undecided(&mut self) {
        (self.actual, self.measured, self.met) = (Value::Null, false, false);
    }

    /// What was found, in words.
    #[must_use]
    pub(crate) fn found(&self) -> String {
        match &self.actual {
            _ if !self.measured => "not measured".to_owned(),
            Value::Null if is_limit(&self.path) => "no limit".to_owned(),
            Value::Null => "never".to_owned(),
            actual => actual.to_string(),
        }
    }

    /// The expectation, and of which source it is.
    #[must_use]
    pub(crate) fn told(&self) -> String {
        let Self {
            path,
            expected,
            source,
            ..
        } = self;
        let source = source.as_ref().map(|source| format!(" of {source}"));
        format!("{path} {expected}{}", source.unwrap_or_default())
    }
}

/// Figures of refusals and failures: where none was measured, there was none. All other figures are of what succeeds,
/// so that an outage measures nothing of them.
const NONE_IS_GOOD: [&str; 3] = [
    "attempt_latency_ms.refused.",
    "attempt_latency_ms.other.",
    "connections_dropped",
];
/// A percentile here is null, too, where it falls on a connect that failed.
const WITH_NEVER: &str = "time_to_token_ms.";
/// The points of the same distribution; none: nothing was measured.
const CURVE: &str = "time_to_token_curve";

/// A percentile here is null, too, where it falls on a session that still waited when the run ended.
const AT_GATE: &str = "through.waited_ms.";

/// Holds a result against the expectation. "Never" and "no limit" (null) are greater than every number. Where nothing
/// was measured, it is met only if none is what is wanted.
#[must_use]
pub(crate) fn judge(expectation: &Expectation, result: &Value) -> Judgement {
    let path = expectation.path();
    let actual = paths::value(result, path);
    let measured = !actual.is_null() || is_limit(path) || is_never(result, path);
    let met = if measured {
        expectation.holds(paths::as_number(&actual))
    } else {
        is_good_if_none(path)
    };
    Judgement {
        source: None,
        path: path.to_owned(),
        expected: expectation.to_string(),
        actual,
        measured,
        met,
    }
}

/// Whether it is good that nothing was measured of this figure.
#[must_use]
pub(crate) fn is_good_if_none(path: &str) -> bool {
    NONE_IS_GOOD.iter().any(|part| path.starts_with(part))
}

/// The number at a path that results have. Null is infinity where it says "never", or that no session got anything; where
/// there was nothing to measure it is not a number.
pub(super) fn figure(result: &Value, path: &str) -> f64 {
    match paths::value(result, path).as_f64() {
        Some(number) => number,
        None if is_never(result, path) => absent(path),
        None => not_measured(path),
    }
}

/// What stands for nothing to measure at this path.
pub(super) fn not_measured(path: &str) -> f64 {
    if path.contains(WITH_NEVER) || path.contains(AT_GATE) {
        f64::NAN
    } else {
        absent(path)
    }
}

/// What null at this path stands for where no more is known of its run.
pub(super) fn absent(path: &str) -> f64 {
    if is_good_if_none(path) {
        f64::NAN
    } else {
        f64::INFINITY
    }
}

/// Where null is "no limit".
fn is_limit(path: &str) -> bool {
    path.starts_with("limits.")
}

/// Whether null is "never" at this path: there were connects, some of which failed, or sessions at a gate, some of which
/// still waited.
fn is_never(result: &Value, path: &str) -> bool {
    if let Some((before, _)) = path.rsplit_once(AT_GATE) {
        return !paths::value(result, &format!("{before}{AT_GATE}min")).is_null();
    }
    let Some((before, _)) = path.rsplit_once(WITH_NEVER) else {
        return false;
    };
    let curve = paths::value(result, &format!("{before}{CURVE}"));
    curve.as_array().is_some_and(|points| !points.is_empty())
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

    fn found(path: &str, expected: &str) -> (bool, String) {
        let expectation = Expectation::parse(path, expected).expect("valid");
        let judgement = judge(&expectation, &result());
        (judgement.met, judgement.found())
    }

    #[test]
    fn where_nothing_was_measured_nothing_is_met_whichever_way_it_is_asked() {
        for path in [
            "attempt_latency_ms.granted.p99",
            "time_to_token_succeeded_ms.p99",
            "sessions.by_group.idle.time_to_token_ms.p50",
            "sessions.last_done_ms",
            "makespan_ms",
            "attempts.per_token",
            "start_lag_ms.p99",
            "metadata.granted_latency_ms.p50",
            "resource_manager.granted_latency_ms.p50",
            "context.lock.wait_ms.max",
            "context.in_force.poll_ms",
            "processor.busy_ratio",
        ] {
            for expected in ["< 100", "> 100", "!= 100"] {
                let not_measured = (false, "not measured".to_owned());
                assert_eq!(found(path, expected), not_measured, "{path} {expected}");
            }
        }
    }

    #[test]
    fn a_figure_of_refusals_is_met_where_there_were_none() {
        for path in [
            "attempt_latency_ms.refused.p99",
            "attempt_latency_ms.other.max",
            "connections_dropped",
        ] {
            let met = (true, "not measured".to_owned());
            assert_eq!(found(path, "< 100"), met, "{path}");
        }
    }

    #[test]
    fn no_limit_is_greater_than_any() {
        assert_eq!(
            found("limits.requests", "> 5"),
            (true, "no limit".to_owned())
        );
        assert_eq!(
            found("time_to_token_ms.p99", "< 5"),
            (false, "never".to_owned())
        );
    }

    #[test]
    fn an_older_document_s_judgement_is_of_something_measured() {
        let text = r#"{"path":"a","expected":"< 1","actual":null,"met":false}"#;
        let judgement: Judgement = serde_json::from_str(text).expect("a judgement");
        assert_eq!(judgement.found(), "never");
    }

    #[test]
    fn a_group_may_have_a_dot_in_its_name() {
        assert!(met("sessions.by_group.cli.success_ratio", "== 0.15"));
        assert!(met("sessions.by_group.cli.old.success_ratio", "== 0.5"));
    }
}

//! Expectations: a path of the result document, and what its number must be.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::record::{LAST_RETRY_INDEX, NO_ANSWER};
use crate::scenario::script::StepKind;

/// One line of `[expect]`: `"sessions.success_ratio" = ">= 0.99"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    path: String,
    comparison: Comparison,
    bound: f64,
}

/// How the number compares with the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    NotEqual,
}

/// How an expectation fared. `actual` is null where the result says "never".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Judgement {
    /// The path in the result document.
    pub path: String,
    /// The expectation as the scenario writes it.
    pub expected: String,
    /// The number found there.
    pub actual: Value,
    /// Whether it is as expected.
    pub met: bool,
}

const SYMBOLS: [(&str, Comparison); 6] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Where the keys are only known after a run: what is not there counts as zero.
fn is_open(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    match parts[..] {
        [
            "attempts" | "metadata" | "resource_manager",
            "by_status",
            status,
        ] => status == NO_ANSWER || is_status(status),
        [
            "attempts",
            "by_retry_index",
            index,
            "sent" | "granted" | "refused",
        ]
        | [
            "attempts",
            "by_retry_index",
            index,
            "refused_by",
            "rate" | "concurrency" | "penalty" | "unnamed",
        ] => is_index(index),
        ["sessions", "by_failure", kind] | ["sessions", "by_group", _, .., "by_failure", kind] => {
            !kind.is_empty()
        }
        ["steps", kind, "by_failure", failure] => is_step(kind) && !failure.is_empty(),
        _ => false,
    }
}

fn is_step(name: &str) -> bool {
    StepKind::FALLIBLE.iter().any(|kind| kind.name() == name)
}

fn is_status(text: &str) -> bool {
    text.len() == 3
        && text
            .parse::<u16>()
            .is_ok_and(|status| (100..600).contains(&status))
}

fn is_index(text: &str) -> bool {
    text.parse::<u32>()
        .is_ok_and(|index| index <= LAST_RETRY_INDEX)
}

/// Where null is "nothing to measure" and not "never": there is nothing to object to.
const NOTHING_TO_MEASURE: [&str; 5] = [
    "attempt_latency_ms.",
    "start_lag_ms.",
    "metadata.",
    "resource_manager.",
    "context.",
];

impl Expectation {
    /// Reads an expectation such as `"< 0.9"` on a path.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(path: &str, text: &str) -> Result<Self, String> {
        let parsed = SYMBOLS.iter().find_map(|(symbol, comparison)| {
            let bound: f64 = text.trim().strip_prefix(symbol)?.trim().parse().ok()?;
            bound.is_finite().then(|| Self {
                path: path.to_owned(),
                comparison: *comparison,
                bound,
            })
        });
        parsed.ok_or_else(|| format!("a comparison such as \"< 0.9\", with one of < <= == != >= > and a number, not \"{text}\""))
    }

    /// It in words: the path, and what it has to be.
    #[must_use]
    pub fn told(&self) -> String {
        format!("{} {self}", self.path)
    }

    /// Checks that results have a number at the path, by one of a run in which nothing happened.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn check_path(&self, nothing: &Value) -> Result<(), String> {
        check(nothing, &self.path)
    }

    /// Holds a result against the expectation. "Never" (null) is greater than every number; where
    /// nothing was measured, whatever was expected of it is met.
    #[must_use]
    pub fn judge(&self, result: &Value) -> Judgement {
        let absent = if is_open(&self.path) {
            Value::from(0)
        } else {
            Value::Null
        };
        let actual = find(result, &self.path).unwrap_or(absent);
        let number = as_number(&actual);
        let unmeasured = NOTHING_TO_MEASURE
            .iter()
            .any(|part| self.path.starts_with(part));
        let met = (actual.is_null() && unmeasured) || self.comparison.holds(number, self.bound);
        Judgement {
            path: self.path.clone(),
            expected: self.to_string(),
            actual,
            met,
        }
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbol = SYMBOLS
            .iter()
            .find(|(_, comparison)| *comparison == self.comparison);
        write!(
            f,
            "{} {}",
            symbol.map_or("", |(symbol, _)| symbol),
            self.bound
        )
    }
}

impl Comparison {
    #[expect(
        clippy::float_cmp,
        reason = "== and != are asked for by the scenario, mostly of counts"
    )]
    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Less => number < bound,
            Self::AtMost => number <= bound,
            Self::Greater => number > bound,
            Self::AtLeast => number >= bound,
            Self::Equal => number == bound,
            Self::NotEqual => number != bound,
        }
    }
}

/// The number at a path that results have; infinity for "never".
pub(crate) fn number(result: &Value, path: &str) -> f64 {
    match find(result, path) {
        Ok(value) => as_number(&value),
        Err(_) if is_open(path) => 0.0,
        Err(_) => f64::INFINITY,
    }
}

/// That a result has a number at the path, or could have one, or what was expected instead.
pub(crate) fn check(result: &Value, path: &str) -> Result<(), String> {
    match find(result, path) {
        _ if is_open(path) => Ok(()),
        Ok(Value::Number(_) | Value::Null) => Ok(()),
        Ok(Value::Object(fields)) => Err(one_of(fields.keys())),
        Ok(_) => Err("a path to a number".to_owned()),
        Err(expected) => Err(expected),
    }
}

fn as_number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::INFINITY)
}

/// The value at a dotted path, or what was expected instead. The keys of an object may have dots of
/// their own (group names have), so at each object the longest key that fits is taken.
fn find(value: &Value, path: &str) -> Result<Value, String> {
    let Value::Object(fields) = value else {
        return Err("a path that ends here".to_owned());
    };
    let fitting = fields
        .iter()
        .filter_map(|(key, inner)| Some((key, inner, rest(path, key)?)));
    match fitting.max_by_key(|(key, ..)| key.len()) {
        Some((_, inner, "")) => Ok(inner.clone()),
        Some((_, inner, deeper)) => find(inner, deeper),
        None => Err(one_of(fields.keys())),
    }
}

/// What is left of `path` behind `key`, if `key` is how it begins.
fn rest<'a>(path: &'a str, key: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('.')
    }
}

fn one_of<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let keys: Vec<&str> = keys.map(String::as_str).collect();
    format!(
        "a path of the result document; here it goes on with one of {}",
        keys.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result() -> Value {
        json!({
            "sessions": {
                "total": 40,
                "by_group": { "cli": { "success_ratio": 0.15 }, "cli.old": { "success_ratio": 0.5 } },
                "by_failure": { "imds_429": 17 },
            },
            "attempts": { "by_status": { "200": 23 }, "by_retry_index": { "0": { "sent": 40 } } },
            "attempt_latency_ms": { "refused": { "p99": null } },
            "time_to_token_ms": { "p99": null },
            "mode": "live",
        })
    }

    fn met(path: &str, expected: &str) -> bool {
        Expectation::parse(path, expected)
            .expect("valid")
            .judge(&result())
            .met
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

    #[test]
    fn what_is_no_comparison_is_refused() {
        for text in ["0.9", "~ 0.9", "< lots", "", "< nan"] {
            assert!(
                Expectation::parse("sessions.total", text).is_err(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_misspelt_path_is_told_its_neighbours() {
        let check = |path| {
            Expectation::parse(path, "> 0")
                .expect("valid")
                .check_path(&result())
        };
        assert_eq!(check("sessions.total"), Ok(()));
        let error = check("sessions.totl").expect_err("misspelt");
        assert!(
            error.ends_with("one of by_failure, by_group, total"),
            "{error}"
        );
        for path in [
            "mode",
            "attempts.by_status.4299",
            "attempts.by_retry_index.0.snet",
            "attempts.by_retry_index.zero",
            "sessions.by_group.by_failure.sucess_ratio",
        ] {
            assert!(check(path).is_err(), "{path}");
        }
        assert_eq!(check("attempts.by_status.503"), Ok(()));
        assert!(check("sessions.by_group.cli").is_err());
    }
}

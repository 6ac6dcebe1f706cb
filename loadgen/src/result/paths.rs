//! The paths of the result document: what is at them, and which there are.

use serde_json::{Map, Value};

use crate::record::LAST_RETRY_INDEX;
use crate::record::attempt::NO_ANSWER;
use crate::scenario::listed::listed;
use crate::scenario::script::StepKind;

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

/// The number at a path that results have; infinity for "never".
pub(crate) fn number(result: &Value, path: &str) -> f64 {
    as_number(&value(result, path))
}

/// What is at a path that results have; null for "never".
pub(super) fn value(result: &Value, path: &str) -> Value {
    let absent = if is_open(path) {
        Value::from(0)
    } else {
        Value::Null
    };
    find(result, path).unwrap_or(absent)
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

pub(super) fn as_number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::INFINITY)
}

/// The value at a dotted path, or what was expected instead. The keys of an object may have dots of
/// their own (group names have), so at each object the longest key that fits is taken.
fn find(value: &Value, path: &str) -> Result<Value, String> {
    let Value::Object(fields) = value else {
        return Err("a path that ends here".to_owned());
    };
    match fitting(fields, path) {
        Some((inner, "")) => Ok(inner.clone()),
        Some((inner, deeper)) => find(inner, deeper),
        None => Err(one_of(fields.keys())),
    }
}

/// What is at the longest key that the path begins with, and what is left of the path. Each key is looked up: there may be
/// as many as groups, and as many paths.
fn fitting<'v, 'p>(fields: &'v Map<String, Value>, path: &'p str) -> Option<(&'v Value, &'p str)> {
    let dots = path.rmatch_indices('.').map(|(dot, _)| (dot, dot + 1));
    let mut ends = std::iter::once((path.len(), path.len())).chain(dots);
    ends.find_map(|(end, next)| Some((fields.get(&path[..end])?, &path[next..])))
}

fn one_of<'a>(keys: impl ExactSizeIterator<Item = &'a String>) -> String {
    let keys = listed(keys.map(String::as_str));
    format!("a path of the result document; here it goes on with one of {keys}")
}

#[cfg(test)]
pub(super) mod samples {
    use serde_json::{Value, json};

    /// A part of a result.
    pub(in crate::result) fn result() -> Value {
        json!({
            "sessions": {
                "total": 40,
                "by_group": {
                    "cli": { "success_ratio": 0.15 },
                    "cli.old": { "success_ratio": 0.5 },
                    "idle": { "time_to_token_ms": { "p50": null }, "time_to_token_curve": [] },
                },
                "by_failure": { "imds_429": 17 },
            },
            "attempts": { "by_status": { "200": 23 }, "by_retry_index": { "0": { "sent": 40 } } },
            "attempt_latency_ms": { "refused": { "p99": null } },
            "time_to_token_ms": { "p99": null },
            "time_to_token_curve": [{ "percentile": 0.0, "ms": null }],
            "mode": "live",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::samples::result;

    #[test]
    fn a_misspelt_path_is_told_its_neighbours() {
        let check = |path| super::check(&result(), path);
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

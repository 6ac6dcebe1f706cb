//! Counts of a summary that can be of no runs: a file may hold any numbers.

use std::fmt::{self, Display, Formatter};

use super::{MetIn, Summary};
use crate::result::judging::is_good_if_none;
use crate::result::reading::ReadError;

/// A count that is greater than another one allows.
#[derive(Debug, PartialEq, Eq)]
struct Excess {
    /// The key of it in the document.
    key: String,
    found: u64,
    /// What bounds it, and that number.
    bound: (&'static str, u64),
}

impl Display for Excess {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { key, found, bound } = self;
        let (name, most) = bound;
        write!(
            f,
            "`{key}` to be at most {most}, as `{name}`; found {found}"
        )
    }
}

/// Reads a summary, as [`Summary::from_json`] does, whose counts can be of its runs.
///
/// # Errors
/// If there is none, or one of its counts is greater than it can be.
pub(crate) fn read(name: &str, text: &str) -> Result<Summary, ReadError> {
    let summary = Summary::from_json(name, text)?;
    match excess(&summary) {
        None => Ok(summary),
        Some(excess) => Err(ReadError::Count {
            name: name.to_owned(),
            excess: excess.to_string(),
        }),
    }
}

/// The first count that is greater than it can be.
fn excess(summary: &Summary) -> Option<Excess> {
    let runs = ("runs", u64::from(summary.runs));
    let passed = ("passed".to_owned(), summary.passed.into(), runs);
    let expectations = summary.expectations.iter().zip(0..);
    let expectations = expectations.flat_map(|(expectation, index)| {
        let counts = of_expectation(expectation);
        counts.map(|(name, count)| (format!("expectations[{index}].{name}"), count, runs))
    });
    let failing = summary.failing.iter().flat_map(|failing| {
        let (of, most) = (failing.runs, failing.most_frequent_in);
        let bound = ("failing.runs", u64::from(of));
        [
            ("failing.runs".to_owned(), of.into(), runs),
            ("failing.most_frequent_in".to_owned(), most.into(), bound),
        ]
    });
    let samples = summary.samples.iter();
    let samples = samples.map(|(path, figures)| {
        let key = format!("samples.{path} (its length)");
        (key, figures.len() as u64, runs)
    });
    let counts = [passed].into_iter().chain(expectations).chain(failing);
    let mut found = counts.chain(samples);
    let (key, found, bound) = found.find(|(_, found, (_, most))| found > most)?;
    Some(Excess { key, found, bound })
}

/// The counts of an expectation, each of which is of no more than all runs. Where nothing was measured it is met only of a
/// figure of refusals or failures: of all others no run is counted as both.
fn of_expectation(expectation: &MetIn) -> [(&'static str, u64); 3] {
    let MetIn {
        path,
        met,
        not_measured,
        ..
    } = expectation;
    let (met, not_measured) = (u64::from(*met), u64::from(*not_measured));
    let apart = if is_good_if_none(path) {
        0
    } else {
        met + not_measured
    };
    [
        ("met", met),
        ("not_measured", not_measured),
        ("met + not_measured", apart),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn summary() -> Value {
        let never = Value::Null;
        json!({
            "schema": 1, "scenario": "s", "first_seed": 1, "runs": 2, "groups": {"jobs": 2}, "passed": 1,
            "passed_ratio": 0.5, "metrics": {}, "samples": {"makespan_ms": [1.0, never]}, "verdict": "failed",
            "expectations": [{"path": "makespan_ms", "expected": "< 1s", "met": 1, "not_measured": 1}],
            "failing": {"runs": 1, "kind": "429", "group": "jobs", "client": "no-retry", "most_frequent_in": 1, "seed": 1,
                "to_change": never},
        })
    }

    fn told(document: &Value) -> Result<(), String> {
        let read = read("summary.json", &document.to_string());
        read.map(drop).map_err(|error| error.to_string())
    }

    #[test]
    fn no_count_of_runs_is_beyond_the_runs() {
        assert_eq!(told(&summary()), Ok(()));
        for (place, key) in [
            ("/passed", "passed"),
            ("/expectations/0/met", "expectations[0].met"),
            (
                "/expectations/0/not_measured",
                "expectations[0].not_measured",
            ),
            ("/failing/runs", "failing.runs"),
        ] {
            let mut wrong = summary();
            *wrong.pointer_mut(place).expect("a count") = json!(3);
            let expected =
                format!("summary.json: expected `{key}` to be at most 2, as `runs`; found 3");
            assert_eq!(told(&wrong), Err(expected));
        }
        let mut wrong = summary();
        wrong["failing"]["most_frequent_in"] = json!(2);
        assert!(told(&wrong).is_err_and(|words| words.contains("at most 1, as `failing.runs`")));
        wrong = summary();
        wrong["runs"] = json!(1);
        wrong["expectations"] = json!([]);
        assert!(
            told(&wrong).is_err_and(|words| words.contains("`samples.makespan_ms (its length)`"))
        );
    }

    #[test]
    fn a_run_that_measured_nothing_meets_only_what_is_about_refusals_and_failures() {
        let mut both = summary();
        both["expectations"][0]["met"] = json!(2);
        both["expectations"][0]["not_measured"] = json!(2);
        let expected = "summary.json: expected `expectations[0].met + not_measured` to be at most 2, as `runs`; found 4";
        assert_eq!(told(&both), Err(expected.to_owned()));
        both["expectations"][0]["path"] = json!("attempt_latency_ms.refused.p99");
        assert_eq!(told(&both), Ok(()));
    }
}

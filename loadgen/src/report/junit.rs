//! The expectations as `JUnit` cases, as CI systems read them.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::Value;

use crate::record::raw::Mode;
use crate::result::run::RunResult;
use crate::result::summary::Summary;

/// One case for each expectation, one that the run was not cut short, and of a live run one that its herd was the
/// one planned: that is skipped where it was not, since it decides nothing. `replay` is the command that makes the
/// same run again.
#[must_use]
pub(crate) fn junit(result: &RunResult, replay: &str) -> String {
    let cases = result.expectations.iter().map(|judgement| {
        let (path, expected) = (&judgement.path, &judgement.expected);
        let actual = actual(&judgement.actual);
        let unmet = (!judgement.met).then(|| format!("expected {path} {expected}, was {actual}"));
        case(format!("{path} {expected}"), unmet)
    });
    let cut = result.cut_short;
    let cut = cut.then(|| "sessions were still at work when the run ended".to_owned());
    let cases = cases.chain([case("every session ended".to_owned(), cut)]);
    let live = result.mode != Mode::Simulated;
    let cases = cases.chain(live.then(|| as_planned(result)));
    report(&result.scenario, cases, replay)
}

/// One case for each expectation: that every run met it.
#[must_use]
pub(crate) fn of_runs(summary: &Summary, replay: &str) -> String {
    let cases = summary.expectations.iter().map(|expectation| {
        let (path, expected) = (&expectation.path, &expectation.expected);
        let (met, runs) = (expectation.met, summary.runs);
        let unmet = (met < runs).then(|| format!("{path} {expected}: met in {met} of {runs} runs"));
        case(format!("{path} {expected}"), unmet)
    });
    report(&summary.scenario, cases, replay)
}

fn report(scenario: &str, cases: impl IntoIterator<Item = TestCase>, replay: &str) -> String {
    let mut suite = TestSuite::new(scenario.to_owned());
    for mut case in cases {
        case.set_classname(scenario.to_owned());
        suite.add_test_case(case);
    }
    suite.set_system_out(format!("replay: {replay}"));
    let mut report = Report::new("imds-loadgen");
    report.add_test_suite(suite);
    report.to_string().expect("a report of text is XML")
}

/// A test case; it has failed if there is a message.
fn case(name: String, unmet: Option<String>) -> TestCase {
    let status = unmet.map_or_else(TestCaseStatus::success, |unmet| {
        let mut failed = TestCaseStatus::non_success(NonSuccessKind::Failure);
        failed.set_message(unmet);
        failed.set_type("expectation");
        failed
    });
    TestCase::new(name, status)
}

/// Skipped if the herd was another one, with the reasons.
fn as_planned(result: &RunResult) -> TestCase {
    let late = result.generator_late;
    let late =
        late.then(|| "late: the generator itself was the bottleneck (see start lag)".to_owned());
    let dropped = result.known_dropped().map(|dropped| {
        format!(
            "dropped: the service's queue of connections was full, {dropped} times; those came a second late or more"
        )
    });
    let reasons: Vec<String> = late.into_iter().chain(dropped).collect();
    let mut status = TestCaseStatus::success();
    if !reasons.is_empty() {
        status = TestCaseStatus::skipped();
        status.set_message(format!(
            "another herd was played than planned: {}",
            reasons.join("; ")
        ));
    }
    TestCase::new("the herd was the one planned", status)
}

fn actual(value: &Value) -> String {
    if value.is_null() {
        "never".to_owned()
    } else {
        value.to_string()
    }
}

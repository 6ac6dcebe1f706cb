//! Expectations and comparisons as `JUnit` cases, as CI systems read them.

use std::time::Duration;

use chrono::{DateTime, Utc};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::made::Made;
use super::text::cut_short;
use crate::record::raw::Mode;
use crate::result::compare::{Comparison, Figure, Outcome};
use crate::result::run::{RunResult, Source};
use crate::result::summary::Summary;
use crate::result::verdict::Verdict;

/// One case for each expectation, one that the run was not cut short, and of a live run one that its herd was the
/// one planned. A case is skipped where nothing was measured of what is only bad if it is there, or where the herd was
/// another one, which decides nothing. Beside an earlier result there is a second suite of its figures.
#[must_use]
pub(crate) fn junit(result: &RunResult, made: Made) -> String {
    let cases = result.expectations.iter().map(|judgement| {
        let (path, expected) = (&judgement.path, &judgement.expected);
        let name = judgement.told();
        if judgement.met && !judgement.measured {
            return skipped(name, "not measured: there was none of what it is about");
        }
        let found = judgement.found();
        let unmet = (!judgement.met).then(|| format!("expected {path} {expected}, was {found}"));
        case(name, unmet)
    });
    let cut = result.cut_short;
    let cut = cut.then(|| cut_short(result));
    let cases = cases.chain([case("every session ended".to_owned(), cut)]);
    let forgotten = result.forgotten().map(|forgotten| {
        let told = format!(
            "{forgotten} requests were too many to be kept: all counts of them are at least so many"
        );
        case("every request was kept".to_owned(), Some(told))
    });
    let cases = cases.chain(forgotten);
    let cases = cases.chain(result.sources.iter().map(of_source));
    let live = result.mode != Mode::Simulated;
    let cases = cases.chain(live.then(|| as_planned(result)));
    report(&result.scenario, cases, made)
}

/// A case for a source of a merged result.
fn of_source(source: &Source) -> TestCase {
    let failed = (source.verdict == Verdict::Failed).then(|| {
        let why = source.not_met.iter().map(|what| format!("expected {what}"));
        let cut = source.cut_short.then(|| "its run was cut short".to_owned());
        let why: Vec<String> = why.chain(cut).collect();
        why.join("; ")
    });
    case(format!("source {}", source.name), failed)
}

/// One case for each expectation: that every run met it.
#[must_use]
pub(crate) fn of_runs(summary: &Summary, made: Made) -> String {
    let cases = summary.expectations.iter().map(|expectation| {
        let (path, expected) = (&expectation.path, &expectation.expected);
        let runs = summary.runs;
        let met = expectation.told(runs);
        let unmet = || format!("{path} {expected}: met in {met} runs");
        let unmet = (expectation.met < runs).then(unmet);
        case(format!("{path} {expected}"), unmet)
    });
    report(&summary.scenario, cases, made)
}

/// One case for each figure: that it is not worse.
#[must_use]
pub(crate) fn of_comparison(comparison: &Comparison) -> String {
    written([compared(&comparison.scenario, comparison)])
}

fn compared(name: &str, comparison: &Comparison) -> TestSuite {
    let cases = comparison.figures.iter().map(|figure| {
        let worse = (figure.outcome == Outcome::Worse).then(|| worse(figure));
        case(format!("{} is no worse", figure.path), worse)
    });
    let said = [
        &comparison.notes[..],
        &[format!("judged {}", comparison.method)],
    ]
    .concat();
    suite(name, cases, said.join("\n"))
}

fn worse(figure: &Figure) -> String {
    let shown = |figure: Option<f64>| figure.map_or("never".to_owned(), |f| f.to_string());
    let evidence = match (&figure.place, &figure.test) {
        (Some(place), _) => format!(" at the quantile {} of the simulated runs", place.quantile),
        (None, Some(test)) => format!(" with an adjusted p of {}", test.p_adjusted),
        (None, None) => String::new(),
    };
    format!(
        "{} was {} and is {}{evidence}; {} was tolerated",
        figure.path,
        shown(figure.base),
        shown(figure.new),
        figure.tolerated
    )
}

fn report(scenario: &str, cases: impl IntoIterator<Item = TestCase>, made: Made) -> String {
    let said = format!("replay: {}", made.replay);
    let own = suite(scenario, cases, said);
    let beside = |comparison| compared(&format!("{scenario} against its baseline"), comparison);
    let beside = made.comparison.map(beside);
    let Some(played) = made.played else {
        return written([own].into_iter().chain(beside));
    };
    let beside = beside.map(|suite| timed(suite, played.began, Duration::ZERO));
    let own = timed(own, played.began, played.took);
    written([own].into_iter().chain(beside))
}

/// The comparison is of the run whose time the first suite has, so it takes none of its own.
fn timed(mut suite: TestSuite, began: DateTime<Utc>, took: Duration) -> TestSuite {
    suite.set_timestamp(began);
    suite.set_time(took);
    suite
}

/// The cases have no times of their own: one run is all that takes time.
fn suite(name: &str, cases: impl IntoIterator<Item = TestCase>, said: String) -> TestSuite {
    let mut suite = TestSuite::new(name.to_owned());
    for mut case in cases {
        case.set_classname(name.to_owned());
        case.set_time(Duration::ZERO);
        suite.add_test_case(case);
    }
    suite.set_system_out(said);
    suite
}

fn written(suites: impl IntoIterator<Item = TestSuite>) -> String {
    let mut report = Report::new("imds-loadgen");
    report.add_test_suites(suites);
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
    let late = late.then(|| "late: the load generator fell behind (see start lag)".to_owned());
    let dropped = result.known_dropped().map(|dropped| {
        format!(
            "dropped: the service's queue of connections was full, {dropped} times; those came a second late or more"
        )
    });
    let reasons: Vec<String> = late.into_iter().chain(dropped).collect();
    let name = "the herd was the one planned".to_owned();
    if reasons.is_empty() {
        return TestCase::new(name, TestCaseStatus::success());
    }
    let reasons = reasons.join("; ");
    skipped(
        name,
        &format!("the sessions did not start as planned: {reasons}"),
    )
}

/// A test case that says neither that all is well nor that it is not.
fn skipped(name: String, why: &str) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(why);
    TestCase::new(name, status)
}

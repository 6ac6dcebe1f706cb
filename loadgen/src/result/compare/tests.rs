mod chance;

use super::*;
use crate::engine::simulate;
use crate::result::run::RunResult;
use crate::result::scenario::from_toml;
use crate::result::verdict::Verdict;
use crate::scenario::definition::Scenario;

fn result(client: &str, count: u32) -> RunResult {
    result_of(client, count, "")
}

fn result_of(client: &str, count: u32, through: &str) -> RunResult {
    let text = format!(
        r#"
        schema = 1
        name = "herd"
        [[sessions]]
        name = "all"
        count = {count}
        arrival = {{ herd = {{}} }}
        client = "{client}"
        script = [{{ connect = {{}} }}]
        {through}
        "#
    );
    let scenario = from_toml("herd.toml", &text).expect("a valid scenario");
    let raw = simulate::simulate(&scenario).expect("a client that waits");
    RunResult::new(&scenario, &raw)
}

fn of(comparison: &Comparison, path: &str) -> Outcome {
    let figure = comparison.figures.iter().find(|f| f.path == path);
    figure.expect("a figure that is compared").outcome
}

#[test]
fn a_result_is_no_worse_than_itself() {
    let result = result("go-msal", 30);
    let comparison = compare(&result, &result, &[], false).expect("one play");
    assert_eq!(comparison.verdict, Verdict::Passed);
    let same = |figure: &Figure| figure.outcome == Outcome::Same;
    assert!(comparison.figures.iter().all(same), "{comparison:#?}");
}

#[test]
fn fewer_that_succeed_are_worse_and_more_are_better() {
    let (good, bad) = (result("proportional", 30), result("azure-cli", 30));
    let worse = compare(&good, &bad, &[], false).expect("one play");
    assert_eq!(worse.verdict, Verdict::Failed);
    assert_eq!(of(&worse, "sessions.success_ratio"), Outcome::Worse);
    assert_eq!(of(&worse, "sessions.failed"), Outcome::Worse);
    assert_eq!(of(&worse, "time_to_token_ms.p99"), Outcome::Worse);
    let better = compare(&bad, &good, &[], false).expect("one play");
    assert_eq!(of(&better, "sessions.success_ratio"), Outcome::Better);
    assert_eq!(of(&better, "time_to_token_ms.p99"), Outcome::Better);
    assert_eq!(of(&better, "makespan_ms"), Outcome::Worse, "it was short");
}

#[test]
fn a_tolerance_forgives_and_may_name_any_figure() {
    let (good, bad) = (result("proportional", 30), result("azure-cli", 30));
    let path = "attempts.by_retry_index.1.sent";
    let tolerance = |text: &str| format!("{path}={text}").parse().expect("a tolerance");
    let strict = compare(&bad, &good, &[tolerance("0")], false).expect("one play");
    assert_eq!(of(&strict, path), Outcome::Worse);
    let lenient = compare(&bad, &good, &[tolerance("1000")], false).expect("one play");
    assert_eq!(of(&lenient, path), Outcome::Same);
}

#[test]
fn a_tolerance_for_nothing_is_told() {
    let result = result("azure-cli", 3);
    let misspelt = "sessions.sucess_ratio=1%".parse().expect("a tolerance");
    let error = compare(&result, &result, &[misspelt], false).expect_err("misspelt");
    assert!(error.to_string().contains("success_ratio"), "{error}");
}

#[test]
fn different_plays_are_compared_only_if_asked() {
    let (few, many) = (result("azure-cli", 3), result("azure-cli", 30));
    let error = compare(&few, &many, &[], false).expect_err("not one play");
    assert!(error.to_string().contains("sessions: all 3 and all 30"));
    let comparison = compare(&few, &many, &[], true).expect("as asked");
    assert_eq!(comparison.notes, ["sessions: all 3 and all 30"]);
}

#[test]
fn no_refusal_is_no_worse_than_a_quick_one_and_no_token_is_worse_than_any() {
    let refused = "attempt_latency_ms.refused.p99";
    let granted = "attempt_latency_ms.granted.p99";
    let tolerances = [refused, granted].map(|path| {
        let tolerance = format!("{path}=0");
        tolerance.parse().expect("a tolerance")
    });
    let with = |refused_ms: Option<f64>, granted_ms: Option<f64>| {
        let mut result = result("azure-cli", 3);
        result.attempt_latency_ms.refused.p99 = refused_ms;
        result.attempt_latency_ms.granted.p99 = granted_ms;
        result
    };
    let (usual, other) = (with(Some(5.0), Some(100.0)), with(None, None));
    let comparison = compare(&usual, &other, &tolerances, false).expect("one play");
    assert_eq!(of(&comparison, refused), Outcome::Better);
    assert_eq!(of(&comparison, granted), Outcome::Worse);
    let comparison = compare(&other, &usual, &tolerances, false).expect("one play");
    assert_eq!(of(&comparison, refused), Outcome::Worse);
}

/// What a remedy costs is compared where both results have it.
#[test]
fn a_broker_that_asks_more_and_a_gate_that_holds_for_longer_are_worse() {
    let broker = |sent: u64| {
        let mut result = result_of("azure-cli", 30, "through = { broker = {} }");
        result.broker.as_mut().expect("a broker").sent = sent;
        result
    };
    let worse = compare(&broker(1), &broker(60), &[], false).expect("one play");
    assert_eq!(of(&worse, "broker.sent"), Outcome::Worse);
    let gate = |rate: &str| {
        result_of(
            "azure-cli",
            30,
            &format!("through = {{ gate = {{ rate = '{rate}' }} }}"),
        )
    };
    let worse = compare(&gate("19/s"), &gate("5/s"), &[], false).expect("one play");
    let waited = "sessions.by_group.all.through.waited_ms.p99";
    assert_eq!(of(&worse, waited), Outcome::Worse);
    let other = compare(&broker(1), &result("azure-cli", 30), &[], false).expect("one play");
    assert!(
        other
            .figures
            .iter()
            .all(|figure| figure.path != "broker.sent")
    );
}

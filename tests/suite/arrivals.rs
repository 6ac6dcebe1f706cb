//! Sessions that wait for each other, and those that do not.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cases::cases;
use imds_tests::scenario::{Document, Scenario};

fn scenario(arrival: &str, client: &str, max_duration: &str, seed: u32) -> Scenario {
    Scenario::new(&format!(
        r#"
        schema = 1
        name = "any"
        seed = {seed}
        max_duration = "{max_duration}"
        [imds]
        latency = {{ token_cold = {{ p50 = "80ms", p99 = "900ms" }}, token_warm = {{ p50 = "80ms", p99 = "900ms" }} }}
        [[sessions]]
        name = "all"
        arrival = {{ {arrival} }}
        client = "{client}"
        script = [{{ connect = {{}} }}, {{ think_between = ["10ms", "1s"] }}, {{ connect = {{}} }}]
        "#
    ))
}

const TRACES: &[&str] = &["--traces", "1000"];

fn simulate(arrival: &str, client: &str, max_duration: &str, seed: u32) -> Document {
    scenario(arrival, client, max_duration, seed).simulated(TRACES)
}

fn overlapping(result: &Document) -> usize {
    let span = |trace: &Value| Some((trace["started_ms"].as_f64()?, trace["ended_ms"].as_f64()?));
    let spans: Vec<_> = result.list("traces").iter().filter_map(span).collect();
    let at = |instant: f64| {
        spans
            .iter()
            .filter(move |(from, to)| *from <= instant && instant < *to)
    };
    let counts = spans.iter().map(|(from, _)| at(*from).count());
    counts.max().unwrap_or_default()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn users_do_all_iterations_and_are_never_more_at_once(
        users in 1_u32..12,
        more in 0_u32..60,
        pause_ms in 0_u32..500,
        seed: u32,
    ) {
        let iterations = users + more;
        let closed = format!(
            "closed = {{ users = {users}, iterations = {iterations}, pause = '{pause_ms}ms', ramp_up = '1s' }}"
        );
        let result = simulate(&closed, "azure-powershell", "10m", seed);
        prop_assert_eq!(result.count("sessions.total"), u64::from(iterations));
        prop_assert_eq!(result.list("traces").len(), usize::try_from(iterations).expect("few"));
        prop_assert!(!result.is("cut_short"));
        prop_assert!(overlapping(&result) <= usize::try_from(users).expect("few"));
    }

    #[test]
    fn no_closed_run_beats_its_lower_bound(
        users in 1_u32..40,
        pause_ms in 1_u32..2000,
        client in prop::sample::select(vec!["azure-cli", "go-azidentity", "proportional"]),
        seed: u32,
    ) {
        let closed = format!("closed = {{ users = {users}, duration = '8s', pause = '{pause_ms}ms' }}");
        let result = simulate(&closed, client, "10m", seed);
        let makespan = result.figure("makespan_ms").expect("somebody is first");
        let bound = result.figure("lower_bound_ms").expect("a bound");
        prop_assert!(bound <= makespan + 0.001, "{bound} > {makespan}");
    }
}

#[test]
fn a_group_that_ends_by_time_counts_the_sessions_that_began() {
    let closed = "closed = { at = '2s', users = 3, duration = '10s', pause = '500ms' }";
    let result = simulate(closed, "azure-powershell", "10m", 1);
    let of_group = |key: &str| result.at(&format!("sessions.by_group.all.{key}"));
    assert_eq!(of_group("arrival"), "closed");
    assert_eq!(
        (of_group("users"), of_group("planned")),
        (&json!(3), &Value::Null)
    );
    let total = result.count("sessions.by_group.all.total");
    assert_eq!(total, result.count("sessions.total"));
    assert!((12..=60).contains(&total), "{total}");
    assert_eq!(
        (result.count("sessions.failed"), result.is("cut_short")),
        (0, false)
    );
    let traces = result.list("traces").iter();
    let began = traces.map(|trace| trace["intended_start_ms"].as_f64().expect("a time"));
    assert!(
        began.clone().all(|at| (2000.0..12_000.0).contains(&at)),
        "{began:?}"
    );
    assert_eq!(
        result.list("traces").len() as u64,
        total,
        "those that never began have no story"
    );
}

#[test]
fn iterations_that_nobody_came_to_are_unfinished() {
    let closed = "closed = { users = 2, iterations = 500 }";
    let result = simulate(closed, "azure-powershell", "5s", 1);
    assert_eq!(
        (result.count("sessions.total"), result.is("cut_short")),
        (500, true)
    );
    assert!(result.count("sessions.by_failure.unfinished") > 400);
}

#[test]
fn a_closed_run_is_the_same_with_the_same_seed() {
    let closed = "closed = { users = 7, iterations = 80, pause = '10ms' }";
    let scenario = scenario(closed, "go-azidentity", "10m", 3);
    let document = || scenario.printed("simulate", TRACES);
    assert_eq!(document(), document());
}

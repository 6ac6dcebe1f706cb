//! A bound that a run can beat is a wrong bound.

use imds_client::policy::presets;
use proptest::prelude::*;

use crate::cases::cases;
use imds_tests::scenario::simulated;

fn algorithms() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "sliding-window",
        "fixed-window",
        "token-bucket",
        "gcra",
    ])
}

/// Ways of refusing, and of letting wait.
fn refusing() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r#"retry_after = "none""#,
        r#"retry_after = "exact", penalty = "3s""#,
        r#"retry_after = "whole-seconds", charge_refused = true"#,
        r#"retry_after = "reservation""#,
        r#"queue = { most = 20, rate_checked = "arrival" }"#,
        r#"queue = { most = 1000, rate_checked = "start" }, abandoned = "release""#,
    ])
}

fn faults() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        r#"{ preset = "outage", lasts = "3s" }"#,
        r#"{ effect = "reset", probability = 0.2 }"#,
        r#"{ effect = "malformed", probability = 0.2 }"#,
        r#"{ effect = "truncated", nth = 1 }"#,
        r#"{ effect = "hang", next = 3 }"#,
        r#"{ effect = { drip = { pieces = 4, every = "100ms" } }, probability = 0.5 }"#,
        r#"{ effect = { latency = { p50 = "1s", p99 = "5s" } }, probability = 0.2 }"#,
    ])
}

fn processors() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        r#"processor = { cores = 2, costs = { connect = ["10ms", "300ms"] } }"#,
        r#"processor = { cores = 0.5, costs = { import = "100ms", connect = "0s" } }"#,
        r#"processor = { cores = 3.7, costs = { first_connect = "2s", further_token = "50ms" } }"#,
    ])
}

fn clients() -> impl Strategy<Value = String> {
    let names: Vec<String> = presets().keys().cloned().collect();
    prop::sample::select(names)
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn no_run_beats_its_lower_bound(
        algorithm in algorithms(),
        client in clients(),
        count in 1_u32..150,
        spread_ms in 0_u32..5000,
        service_ms in 1_u32..700,
        refusing in refusing(),
        fault in faults(),
        processor in processors(),
        seed: u32,
    ) {
        let text = format!(r#"
            schema = 1
            name = "any"
            seed = {seed}
            {processor}
            [imds]
            latency = {{ token_cold = "{service_ms}ms", token_warm = {{ p50 = "{service_ms}ms", p99 = "900ms" }} }}
            limits = {{ {refusing}, identity = {{ rate = {{ algorithm = "{algorithm}" }} }} }}
            faults = [{fault}]
            [[sessions]]
            name = "all"
            count = {count}
            arrival = {{ herd = {{ spread = "{spread_ms}ms" }} }}
            client = "{client}"
            script = [{{ connect = {{}} }}, {{ think = "10ms" }}, {{ connect = {{}} }}]
        "#);
        let result = simulated(&text);
        // With a fault there may be no token.
        let Some(makespan) = result.figure("makespan_ms") else { return Ok(()) };
        let bound = result.figure("lower_bound_ms").expect("a bound");
        prop_assert!(bound <= makespan + 0.001, "{bound} > {makespan}");
    }
}

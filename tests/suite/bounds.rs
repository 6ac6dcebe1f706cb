//! A bound that a run can beat is a wrong bound.

use imds_client::policy::presets;
use proptest::prelude::*;

use crate::cases::cases;
use imds_tests::scenario::{Document, simulated};

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

/// A group that is only in the others' way.
fn backgrounds() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        r#"
            [[sessions]]
            name = "others"
            background = true
            count = 3
            arrival = { herd = {} }
            client = "proportional"
            on_error = "continue"
            script = [{ connect = { resource = "https://vault.azure.net" } }, { think = "150ms" }]
        "#,
        r#"
            [[sessions]]
            name = "brokered"
            count = 30
            arrival = { herd = { spread = "2s" } }
            client = "no-retry"
            through = { broker = {} }
            script = [{ connect = {} }]
        "#,
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
        background in backgrounds(),
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
            {background}
        "#);
        let result = simulated(&text);
        // With a fault there may be no token.
        let Some(makespan) = result.figure("makespan_ms") else { return Ok(()) };
        let bound = result.figure("lower_bound_ms").expect("a bound");
        prop_assert!(bound <= makespan + 0.001, "{bound} > {makespan}");
    }
}

/// A herd that asks again every five milliseconds, so that each request is sent as soon as the limits admit it: all service
/// times here are multiples of that.
fn impatient_herd(count: u32, service_ms: u32, others: &str) -> Document {
    simulated(&format!(
        r#"
            schema = 1
            name = "herd"
            [imds]
            latency = {{ token_cold = "{service_ms}ms", token_warm = "{service_ms}ms" }}
            [policies.impatient]
            [[policies.impatient.layers]]
            [[policies.impatient.layers.rules]]
            statuses = ["429"]
            delay = {{ fixed = "5ms" }}
            [[sessions]]
            name = "all"
            count = {count}
            arrival = {{ herd = {{}} }}
            client = "impatient"
            script = [{{ connect = {{}} }}]
            {others}
        "#
    ))
}

#[test]
fn an_impatient_herd_takes_as_long_as_its_bound() {
    for (count, service_ms, least) in [
        (40, 100, 1400.0),
        (40, 125, 1500.0),
        (40, 150, 1600.0),
        (50, 100, 2200.0),
        (100, 200, 4800.0),
    ] {
        let result = impatient_herd(count, service_ms, "");
        let (bound, makespan) = (
            result.figure("lower_bound_ms").expect("a bound"),
            result.figure("makespan_ms").expect("a makespan"),
        );
        assert!((bound - least).abs() < 0.001, "{bound} for {least}");
        assert!((makespan - least).abs() < 0.001, "{makespan} for {least}");
    }
}

#[test]
fn a_background_group_leaves_the_bound_as_it_is() {
    let others = r#"
        [[sessions]]
        name = "others"
        background = true
        count = 2
        arrival = { herd = {} }
        client = "impatient"
        script = [{ connect = {} }, { think = "300ms" }]
    "#;
    for (count, service_ms) in [(40, 125), (60, 300)] {
        let with = impatient_herd(count, service_ms, others);
        let without = impatient_herd(count, service_ms, "");
        let bounds = |result: &Document| result.at("lower_bounds_ms").clone();
        assert_eq!(bounds(&with)["limits"], bounds(&without)["limits"]);
        assert_eq!(
            bounds(&with)["concurrency"],
            bounds(&without)["concurrency"]
        );
        assert_eq!(bounds(&with)["binding"], bounds(&without)["binding"]);
        assert!(with.figure("makespan_ms") > without.figure("makespan_ms"));
    }
}

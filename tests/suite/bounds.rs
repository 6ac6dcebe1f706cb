//! A bound that a run can beat is a wrong bound.

use imds_client::policy::presets;
use proptest::prelude::*;

use imds_tests::play::{scenario, simulated};

fn algorithms() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "sliding-window",
        "fixed-window",
        "token-bucket",
        "gcra",
    ])
}

fn clients() -> impl Strategy<Value = String> {
    let names: Vec<String> = presets().keys().cloned().collect();
    prop::sample::select(names)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_run_beats_its_lower_bound(
        algorithm in algorithms(),
        client in clients(),
        count in 1_u32..150,
        spread_ms in 0_u32..5000,
        service_ms in 1_u32..700,
        seed: u32,
    ) {
        let text = format!(r#"
            schema = 1
            name = "any"
            seed = {seed}
            [imds]
            latency = {{ token_cold = "{service_ms}ms", token_warm = {{ p50 = "{service_ms}ms", p99 = "900ms" }} }}
            limits = {{ identity = {{ rate = {{ algorithm = "{algorithm}" }} }} }}
            [[sessions]]
            name = "all"
            count = {count}
            arrival = {{ herd = {{ spread = "{spread_ms}ms" }} }}
            client = "{client}"
            script = [{{ connect = {{}} }}, {{ think = "10ms" }}, {{ connect = {{}} }}]
        "#);
        let result = simulated(&scenario(&text));
        let makespan = result.makespan_ms.expect("the first always gets one");
        prop_assert!(result.lower_bound_ms <= makespan + 0.001, "{} > {makespan}", result.lower_bound_ms);
    }
}

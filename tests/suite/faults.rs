//! Faults, queues and promises: simulated as they are played live, and by one seed only once.

use imds_loadgen::{RunResult, explain, report};

use imds_tests::play::{played_until, scenario, simulated};

/// Sessions that start one after the other, so that the order of their requests is sure live too.
fn one_by_one(client: &str, count: u32, imds: &str) -> String {
    format!(
        r#"
        schema = 1
        name = "faults"
        seed = 3
        [imds]
        latency = {{ token_cold = "5ms", token_warm = "5ms" }}
        {imds}
        [[sessions]]
        name = "all"
        count = {count}
        arrival = {{ every = {{ interval = "60ms" }} }}
        client = "{client}"
        script = [{{ connect = {{}} }}]
        "#
    )
}

type Counts = (u64, u64, Vec<(String, u64)>);

fn counts(result: &RunResult) -> Counts {
    let statuses = result.attempts.by_status.iter();
    (
        result.sessions.succeeded,
        result.attempts.total,
        statuses
            .map(|(name, count)| (name.clone(), *count))
            .collect(),
    )
}

fn ends(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = counts
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    owned.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_ends_an_attempt_live_as_it_does_simulated() {
    let script = r#"faults = [
        { effect = { status = 503 }, next = 1 },
        { effect = "reset", next = 1 },
        { effect = "close", next = 1 },
        { effect = "truncated", next = 1 },
        { effect = "malformed", next = 1 },
        { effect = "content-type", next = 1 },
        { effect = { drip = { pieces = 2, every = "10ms" } }, next = 1 },
    ]"#;
    let scenario = scenario(&one_by_one("azure-cli", 8, script));
    let (live, simulated) = (
        played_until(&scenario, |_| true).await,
        simulated(&scenario),
    );
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.sessions.by_failure, simulated.sessions.by_failure);
    let expected = ends(&[("200", 4), ("503", 1), ("none", 3)]);
    assert_eq!(counts(&live), (3, 8, expected));
}

/// The load generator sends its own emulator the number of the session with each request.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_a_session_strikes_that_session_live_as_it_does_simulated() {
    let fault = r#"faults = [{ session = "7", effect = { status = 503 } }]"#;
    let mut scenario = scenario(&one_by_one("no-retry", 10, fault));
    scenario.traces = 10;
    let (live, simulated) = (
        played_until(&scenario, |_| true).await,
        simulated(&scenario),
    );
    for result in [&live, &simulated] {
        let failed = result.traces.iter().filter(|trace| trace.failure.is_some());
        let failed: Vec<_> = failed
            .map(|trace| (trace.session, trace.failure.as_deref()))
            .collect();
        assert_eq!(failed, [(7, Some("imds_503"))]);
    }
    let told = explain::explain(&live, 7).expect("its story was kept");
    assert!(told.contains("503"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_fares_the_same_live_and_simulated() {
    let queue = r#"limits = { identity = { concurrent = 1 }, queue = { most = 100, rate_checked = "arrival" } }"#;
    let text = one_by_one("azure-cli", 10, queue)
        .replace("60ms", "1ms")
        .replace("5ms", "100ms");
    let scenario = scenario(&text);
    let (live, simulated) = (
        played_until(&scenario, |_| true).await,
        simulated(&scenario),
    );
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(counts(&live), (10, 10, ends(&[("200", 10)])));
    assert!(simulated.makespan_ms >= Some(1000.0));
}

#[test]
fn an_update_of_the_service_is_waited_out_only_by_who_knows_how() {
    let update = r#"faults = [{ preset = "update" }]"#;
    let succeeded = |client: &str| {
        let text = one_by_one(client, 3, update);
        simulated(&scenario(&text)).sessions.succeeded
    };
    assert_eq!(succeeded("azure-cli"), 0);
    assert_eq!(succeeded("proportional"), 3);
}

#[test]
fn a_reservation_serves_a_herd_in_two_attempts_each() {
    let reservation = r#"limits = { retry_after = "reservation" }"#;
    let text = one_by_one("proportional", 100, reservation).replace("60ms", "0s");
    let result = simulated(&scenario(&text));
    assert_eq!(result.sessions.succeeded, 100);
    assert!(
        result
            .attempts
            .by_retry_index
            .keys()
            .all(|retry| *retry <= 1)
    );
    let makespan = result.makespan_ms.expect("tokens");
    assert!(
        makespan < result.lower_bound_ms * 1.3,
        "{makespan} against {}",
        result.lower_bound_ms
    );
}

#[test]
fn one_seed_gives_equal_bytes_whatever_goes_wrong() {
    let faults = r#"faults = [
        { effect = "reset", probability = 0.2 },
        { effect = { latency = { p50 = "1s", p99 = "5s" } }, probability = 0.5 },
    ]"#;
    let text = one_by_one("proportional", 100, faults);
    let document = || report::json(&simulated(&scenario(&text)));
    assert_eq!(document(), document());
}

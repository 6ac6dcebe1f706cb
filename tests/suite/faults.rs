//! Faults, queues and promises: the same simulated and live, and by one seed only once.

use std::fs;

use imds_tests::scenario::{Document, Scenario, loadgen, simulated};
use serde_json::{Value, json};
use tempfile::TempDir;

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

fn counts(result: &Document) -> Counts {
    let statuses = result.object("attempts.by_status");
    let count = |(name, count): (&String, &Value)| {
        let count = count.as_u64().expect("a count");
        (name.clone(), count)
    };
    (
        result.count("sessions.succeeded"),
        result.count("attempts.total"),
        statuses.map(count).collect(),
    )
}

fn ends(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = counts
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count));
    owned.collect()
}

#[test]
fn every_fault_ends_an_attempt_live_as_it_does_simulated() {
    let script = r#"faults = [
        { effect = { status = 503 }, next = 1 },
        { effect = "reset", next = 1 },
        { effect = "close", next = 1 },
        { effect = "truncated", next = 1 },
        { effect = "malformed", next = 1 },
        { effect = "content-type", next = 1 },
        { effect = { drip = { pieces = 2, every = "10ms" } }, next = 1 },
    ]"#;
    let scenario = Scenario::new(&one_by_one("azure-cli", 8, script));
    let (live, simulated) = (scenario.run_until(|_| true), scenario.simulated(&[]));
    assert_eq!(counts(&live), counts(&simulated));
    let failures = |result: &Document| result.at("sessions.by_failure").clone();
    assert_eq!(failures(&live), failures(&simulated));
    let expected = ends(&[("200", 4), ("503", 1), ("none", 3)]);
    assert_eq!(counts(&live), (3, 8, expected));
}

/// The load generator sends its own emulator the number of the session with each request.
#[test]
fn a_fault_of_a_session_strikes_that_session_live_as_it_does_simulated() {
    let fault = r#"faults = [{ session = "7", effect = { status = 503 } }]"#;
    let scenario = Scenario::new(&one_by_one("no-retry", 10, fault));
    let traces = ["--traces", "10"];
    let live = scenario.printed("run", &traces);
    for result in [Document::of(&live), scenario.simulated(&traces)] {
        let traces = result.list("traces").iter();
        let failed = traces.filter(|trace| !trace["failure"].is_null());
        let failed: Vec<_> = failed
            .map(|trace| (&trace["session"], &trace["failure"]))
            .collect();
        assert_eq!(failed, [(&json!(7), &json!("imds_503"))]);
    }
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("result.json");
    fs::write(&path, live).expect("the folder can be written");
    let path = path.to_str().expect("a path of text");
    let told = loadgen(["explain", path, "--session", "7"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(told.stdout.contains("503"), "{}", told.stdout);
}

#[test]
fn a_queue_fares_the_same_live_and_simulated() {
    let queue = r#"limits = { identity = { concurrent = 1 }, queue = { most = 100, rate_checked = "arrival" } }"#;
    let text = one_by_one("azure-cli", 10, queue)
        .replace("60ms", "1ms")
        .replace("5ms", "100ms");
    let scenario = Scenario::new(&text);
    let (live, simulated) = (scenario.run_until(|_| true), scenario.simulated(&[]));
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(counts(&live), (10, 10, ends(&[("200", 10)])));
    assert!(simulated.figure("makespan_ms") >= Some(1000.0));
}

#[test]
fn a_probe_meets_the_rate_where_that_comes_before_the_header_and_then_its_client_fails_at_once() {
    let limits = |more: &str| {
        format!(
            r#"limits = {{ {more} identity = {{ rate = {{ requests = 4, window = "1h" }} }} }}"#
        )
    };
    let probing = "dotnet-default-azure-credential-1.17.2";
    let before = one_by_one(probing, 5, &limits("rate_before_header = true,"));
    let (live, simulated_before) = (
        Scenario::new(&before).run_until(|_| true),
        simulated(&before),
    );
    assert_eq!(counts(&live), counts(&simulated_before));
    let expected = (2, 7, ends(&[("200", 2), ("400", 2), ("429", 3)]));
    assert_eq!(counts(&live), expected);

    let after = simulated(&one_by_one(probing, 5, &limits("")));
    let (succeeded, _, ends) = counts(&after);
    assert_eq!(succeeded, 4);
    let probes = ends.iter().find(|(status, _)| status == "400");
    assert_eq!(probes.map(|(_, count)| *count), Some(5));
}

#[test]
fn an_update_of_the_service_is_waited_out_only_by_who_knows_how() {
    let update = r#"faults = [{ preset = "update" }]"#;
    let succeeded = |client: &str| {
        let text = one_by_one(client, 3, update);
        simulated(&text).count("sessions.succeeded")
    };
    assert_eq!(succeeded("azure-cli"), 0);
    assert_eq!(succeeded("proportional"), 3);
}

#[test]
fn a_reservation_serves_a_herd_in_two_attempts_each() {
    let reservation = r#"limits = { retry_after = "reservation" }"#;
    let text = one_by_one("proportional", 100, reservation).replace("60ms", "0s");
    let result = simulated(&text);
    assert_eq!(result.count("sessions.succeeded"), 100);
    let mut retries = result.object("attempts.by_retry_index");
    assert!(retries.all(|(retry, _)| ["0", "1"].contains(&retry.as_str())));
    let makespan = result.figure("makespan_ms").expect("tokens");
    let bound = result.figure("lower_bound_ms").expect("a bound");
    assert!(makespan < bound * 1.3, "{makespan} against {bound}");
}

#[test]
fn one_seed_gives_equal_bytes_whatever_goes_wrong() {
    let faults = r#"faults = [
        { effect = "reset", probability = 0.2 },
        { effect = { latency = { p50 = "1s", p99 = "5s" } }, probability = 0.5 },
    ]"#;
    let text = one_by_one("proportional", 100, faults);
    let scenario = Scenario::new(&text);
    let document = || scenario.printed("simulate", &[]);
    assert_eq!(document(), document());
}

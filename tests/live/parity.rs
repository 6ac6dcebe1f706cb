//! A simulation predicts a live run, because both decide with the same code.

use std::sync::PoisonError;

use imds_tests::scenario::{Document, Scenario};

use crate::CORES;

/// Nothing in these scenarios is random, and a live herd of this size arrives within one service time,
/// so the counts are equal.
fn herd(client: &str, count: u32) -> String {
    format!(
        r#"
        schema = 1
        name = "herd"
        [imds]
        latency = {{ token_cold = "400ms", token_warm = "400ms" }}
        [[sessions]]
        name = "all"
        count = {count}
        arrival = {{ herd = {{}} }}
        client = "{client}"
        script = [{{ connect = {{}} }}]
        "#
    )
}

fn both(toml: &str) -> (Document, Document) {
    let _cores = CORES.read().unwrap_or_else(PoisonError::into_inner);
    played(toml)
}

fn played(toml: &str) -> (Document, Document) {
    let scenario = Scenario::new(toml);
    let live = scenario.run_until(Document::is_as_planned);
    (live, scenario.simulated(&[]))
}

fn counts(result: &Document) -> (u64, u64, u64, Vec<(String, u64, u64)>) {
    let waves = result.object("attempts.by_retry_index");
    let waves = waves.map(|(index, count)| {
        let count = |key: &str| count[key].as_u64().expect("a count");
        (index.clone(), count("sent"), count("granted"))
    });
    (
        result.count("sessions.succeeded"),
        result.count("sessions.failed"),
        result.count("attempts.refused.concurrency"),
        waves.collect(),
    )
}

#[test]
fn a_client_without_retries_fares_the_same() {
    let (live, simulated) = both(&herd("azure-cli", 30));
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.count("sessions.succeeded"), 5);
    assert_eq!(live.count("sessions.failed"), 25);
}

#[test]
fn retries_in_step_fare_the_same() {
    let (live, simulated) = both(&herd("go-msal", 30));
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.count("sessions.succeeded"), 15);
}

/// Connections queue up at the emulator's port; none of them may be dropped, or come in another window. The service
/// time is many times what the herd and its retries take to arrive, on two cores and unoptimised.
#[test]
fn great_herds_fare_the_same() {
    let _alone = CORES.write().unwrap_or_else(PoisonError::into_inner);
    for (client, count, service_time) in [
        ("azure-cli", 200, "4s"),
        ("azure-cli", 500, "6s"),
        ("azure-cli", 1000, "8s"),
        ("go-msal", 1000, "12s"),
    ] {
        let (live, simulated) = played(&herd(client, count).replace("400ms", service_time));
        assert_eq!(counts(&live), counts(&simulated), "{count} of {client}");
        assert_eq!(live.count("sessions.succeeded"), 5);
        assert_eq!(simulated.count("connections_dropped"), 0);
    }
}

#[test]
fn a_probe_without_the_header_metadata_is_sent_and_counted_alike() {
    let fault = "latency = { token_cold = \"400ms\", token_warm = \"400ms\" }
        faults = [{ path = \"/metadata/identity/oauth2/token\", effect = { status = 429 }, next = 1 }]";
    let toml = herd("dotnet-default-azure-credential", 3);
    let toml = toml.replace(
        "latency = { token_cold = \"400ms\", token_warm = \"400ms\" }",
        fault,
    );
    let (live, simulated) = both(&toml);
    assert_eq!(counts(&live), counts(&simulated));
    let by_status = |result: &Document| result.at("attempts.by_status").clone();
    assert_eq!(by_status(&live), by_status(&simulated));
    let expected = serde_json::json!({ "200": 2, "400": 2, "429": 1 });
    assert_eq!(
        by_status(&simulated),
        expected,
        "one probe of three is refused, which ends its session"
    );
}

#[test]
fn scripts_that_try_again_and_read_metadata_fare_the_same() {
    let script = "[{ connect = {}, retry = { attempts = 3, delay = '2s' } }, { metadata = {} }]";
    let toml = herd("azure-cli", 12).replace("[{ connect = {} }]", script);
    let (live, simulated) = both(&toml);
    assert_eq!(counts(&live), counts(&simulated));
    let retries = |result: &Document| result.count("steps.connect.retries");
    assert_eq!((retries(&live), retries(&simulated)), (9, 9));
    assert_eq!(
        (
            live.count("metadata.granted"),
            live.count("sessions.succeeded")
        ),
        (12, 12)
    );
    assert_eq!(simulated.count("metadata.granted"), 12);
}

/// Each step is a process of its own, beside a shared cache, too: no failure is repeated from the memory of an earlier one.
#[test]
fn a_step_that_is_tried_again_asks_anew_beside_a_shared_cache() {
    let script = "through = { shared_cache = {} }
        script = [{ connect = {}, retry = { attempts = 3, delay = '2s' } }]";
    let toml = herd("azure-cli", 1)
        .replace("script = [{ connect = {} }]", script)
        .replace(
            "[imds]",
            "[imds]\nfaults = [{ effect = { status = 429 }, next = 2 }]",
        );
    let (live, simulated) = both(&toml);
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.count("attempts.total"), 3);
    assert_eq!(live.count("sessions.succeeded"), 1);
}

/// Users of a pool take their sessions in turns, live as in virtual time.
#[test]
fn a_closed_group_fares_the_same() {
    let toml = herd("azure-cli", 12).replace("count = 12", "").replace(
        "{ herd = {} }",
        "{ closed = { users = 4, iterations = 12 } }",
    );
    let (live, simulated) = both(&toml);
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(
        (
            live.count("sessions.total"),
            live.count("sessions.succeeded")
        ),
        (12, 12)
    );
    assert_eq!(live.count("peak.concurrent"), 4);
}

/// Sessions sleep while others have the cores, so their requests come when the simulation says.
#[test]
fn sessions_that_share_cores_fare_the_same() {
    let toml = herd("azure-cli", 6).replace(
        "[imds]",
        "processor = { cores = 1.5, costs = { connect = '300ms' } }\n[imds]",
    );
    let (live, simulated) = both(&toml);
    assert_eq!(counts(&live), counts(&simulated));
    for path in ["makespan_ms", "processor.waited_ms", "processor.busy_ratio"] {
        let figure = |result: &Document| result.figure(path).expect("a figure");
        let (live, simulated) = (figure(&live), figure(&simulated));
        assert!(
            (0.9..1.2).contains(&(live / simulated)),
            "{path}: {live} live, {simulated} simulated"
        );
    }
    let work = |result: &Document| result.figure("processor.work_ms");
    assert_eq!(
        (work(&live), work(&simulated)),
        (Some(1800.0), Some(1800.0))
    );
}

/// A broker meets a hang, a body that cannot be read, a refusal and its deadline. What it asked and what came of it is the
/// same live, where its client drops the requests that take too long.
#[test]
fn a_broker_fares_the_same() {
    let toml = herd("no-retry", 10).replacen(
        "[imds]",
        r#"
        [policies.short]
        attempt_timeout = "1s"
        deadline = "7s"
        [[policies.short.layers]]
        max_retries = 9
        rules = [
            { statuses = ["429"], delay = { fixed = "300ms" } },
            { transport = ["timeout"], malformed = true, delay = { fixed = "300ms" } },
        ]
        [imds]
        faults = [
            { effect = "hang", next = 2 },
            { effect = "malformed", next = 1 },
            { effect = { status = 429 }, next = 1 },
        ]
        "#,
        1,
    );
    let toml = format!("{toml}\nthrough = {{ broker = {{ policy = 'short' }} }}");
    let (live, simulated) = both(&toml);
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(broker(&live), broker(&simulated));
    assert_eq!(live.count("broker.sent"), 5);
    assert_eq!(live.count("broker.granted"), 1);
    let hanging = toml.replace("next = 2", "next = 100");
    let (live, simulated) = both(&hanging);
    assert_eq!(broker(&live), broker(&simulated));
    assert_eq!(live.count("attempts.by_status.503"), 10);
}

/// What the broker of a run sent, and what came of it.
fn broker(result: &Document) -> (Vec<u64>, Vec<(String, u64)>) {
    let sent = ["sent", "granted", "refused"].map(|key| result.count(&format!("broker.{key}")));
    let by_status = result.object("broker.by_status");
    let count = |(status, count): (&String, &serde_json::Value)| {
        (status.clone(), count.as_u64().expect("a count"))
    };
    (sent.to_vec(), by_status.map(count).collect())
}

/// Ten sessions that ask by themselves have taken what may be asked at once.
#[test]
fn a_refusal_through_a_broker_names_its_limiter_live_too() {
    let toml = herd("no-retry", 5);
    let toml = format!(
        r#"{toml}
        [[sessions]]
        name = "brokered"
        count = 4
        arrival = {{ herd = {{ at = "150ms" }} }}
        client = "no-retry"
        through = {{ broker = {{ policy = "no-retry" }} }}
        script = [{{ connect = {{}} }}]
        "#
    );
    let (live, simulated) = both(&toml);
    assert_eq!(broker(&live), broker(&simulated));
    for result in [live, simulated] {
        let refused = "sessions.by_group.brokered.refused.concurrency";
        assert_eq!(result.count(refused), 4);
        assert_eq!(result.count("attempts.refused.unnamed"), 0);
        assert_eq!(result.count("peak.concurrent"), 6);
    }
}

/// All of the sessions behind a gate come through it, and the run does not end before.
#[test]
fn a_gate_fares_the_same() {
    let toml = herd("azure-cli", 6).replace("400ms", "50ms");
    let gate = "through = { gate = { at_once = 2, rate = '8/s' } }\nwork = '100ms'";
    let (live, simulated) = both(&format!("{toml}\n{gate}"));
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.count("sessions.succeeded"), 6);
}

/// With jitter the live run is another draw, so it is close and not equal.
#[test]
fn a_policy_with_jitter_fares_alike() {
    let (live, simulated) = both(&herd("proportional", 40).replace("400ms", "50ms"));
    assert_eq!(
        (
            live.count("sessions.failed"),
            simulated.count("sessions.failed")
        ),
        (0, 0)
    );
    let per_token = |result: &Document| result.figure("attempts.per_token").expect("tokens");
    let (live_cost, simulated_cost) = (per_token(&live), per_token(&simulated));
    let ratio = live_cost / simulated_cost;
    assert!(
        (0.5..2.0).contains(&ratio),
        "{live_cost} attempts a token live, {simulated_cost} simulated"
    );
}

#[test]
fn both_give_one_shape() {
    let (live, simulated) = both(&herd("azure-cli", 3));
    assert_eq!(shape(live.value()), shape(simulated.value()));
}

/// All paths of a document; a number and null, which stands for "never", are the same.
fn shape(document: &serde_json::Value) -> Vec<String> {
    match document {
        serde_json::Value::Object(fields) => {
            let fields = fields.iter().filter(|(name, _)| *name != "timeline");
            let paths = fields.flat_map(|(name, inner)| {
                shape(inner)
                    .into_iter()
                    .map(move |path| format!("{name}.{path}"))
            });
            paths.collect()
        }
        _ => vec![String::new()],
    }
}

/// The same commands meet a real file with a real lock, and Resource Manager over HTTP.
#[test]
fn sessions_with_a_context_fare_the_same() {
    let toml = r#"
        schema = 1
        name = "context"
        [imds]
        profile = "unlimited"
        identities = [
          { name = "jobs", client_id = "5a1f0c9e-0000-4000-8000-000000000001" },
          { name = "other", client_id = "5a1f0c9e-0000-4000-8000-000000000002" },
        ]
        [[imds.faults]]
        identity = "jobs"
        next = 2
        effect = { status = 500 }
        [[imds.resource_manager.subscriptions]]
        id = "00000000-0000-4000-8000-00000000000a"
        generated_resources = 1500
        [context]
        saved = { identity = "other", subscription = "00000000-0000-4000-8000-00000000000a" }
        [[sessions]]
        name = "all"
        count = 6
        arrival = { every = { interval = "100ms" } }
        client = "azure-cli"
        context = "az-1.9.1"
        on_error = "continue"
        script = [
          { connect = { identity = "jobs" } },
          { set_context = { subscription = "00000000-0000-4000-8000-00000000000a" } },
          { list_resources = {} },
        ]
    "#;
    let (live, simulated) = both(toml);
    let counts = |result: &Document| {
        [
            "sessions.succeeded",
            "sessions.wrong_context",
            "context.lock.wanted",
            "attempts.total",
            "resource_manager.sent",
            "resource_manager.granted",
        ]
        .map(|path| result.count(path))
    };
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.count("sessions.wrong_context"), 2);
    assert_eq!(live.count("context.lock.timed_out"), 0);
}

/// A release brings its context along. The commands' tokens and lists are the same in real time, on a memory that
/// is empty; and the import of 2.8.0 opens a real file for itself alone.
#[test]
fn sessions_of_releases_fare_the_same() {
    let group = |release| {
        format!(
            r#"
        [[sessions]]
        name = "{release}"
        count = 3
        arrival = {{ every = {{ interval = "700ms" }} }}
        client = "az-accounts-{release}"
        script = [
          {{ connect = {{ scope = "Process" }} }},
          {{ set_context = {{ subscription = "imds-emulator", scope = "Process" }} }},
          {{ list_resources = {{}} }},
        ]
        "#
        )
    };
    let releases = ["2.8.0", "2.12.1", "5.5.0"];
    let groups = releases.map(group).concat();
    let (live, simulated) = both(&format!(
        "schema = 1\nname = 'releases'\n[imds]\nprofile = 'unlimited'\n{groups}"
    ));
    let counts = |result: &Document| {
        [
            "sessions.succeeded",
            "context.import_failed",
            "context.lock.wanted",
            "attempts.total",
            "resource_manager.sent",
            "resource_manager.granted",
        ]
        .map(|path| result.count(path))
    };
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(counts(&simulated), [9, 0, 9, 45, 63, 63]);
}

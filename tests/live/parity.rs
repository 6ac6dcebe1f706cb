//! A simulation predicts a live run, because both decide with the same code.

use imds_loadgen::result::run::RunResult;

use imds_tests::play::{played_until, scenario, simulated};

/// Nothing in these stories is random, and a live herd of this size arrives within one service time,
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

async fn both(toml: &str) -> (RunResult, RunResult) {
    let scenario = scenario(toml);
    let in_time = |result: &RunResult| !result.generator_late;
    let live = played_until(&scenario, in_time).await;
    (live, simulated(&scenario))
}

fn counts(result: &RunResult) -> (u64, u64, u64, Vec<(u32, u64, u64)>) {
    let (sessions, attempts) = (&result.sessions, &result.attempts);
    let waves = attempts
        .by_retry_index
        .iter()
        .map(|(index, count)| (*index, count.sent, count.granted));
    (
        sessions.succeeded,
        sessions.failed,
        attempts.refused.concurrency,
        waves.collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_retries_fares_the_same() {
    let (live, simulated) = both(&herd("azure-cli", 30)).await;
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!((live.sessions.succeeded, live.sessions.failed), (5, 25));
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_in_step_fare_the_same() {
    let (live, simulated) = both(&herd("go-msal", 30)).await;
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.sessions.succeeded, 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_that_try_again_and_read_metadata_fare_the_same() {
    let script = "[{ connect = {}, retry = { attempts = 3, delay = '2s' } }, { metadata = {} }]";
    let story = herd("azure-cli", 12).replace("[{ connect = {} }]", script);
    let (live, simulated) = both(&story).await;
    assert_eq!(counts(&live), counts(&simulated));
    let retries = |result: &RunResult| result.steps.0["connect"].retries;
    assert_eq!((retries(&live), retries(&simulated)), (9, 9));
    assert_eq!((live.metadata.granted, live.sessions.succeeded), (12, 12));
    assert_eq!(simulated.metadata.granted, 12);
}

/// Users of a pool take their sessions in turns, live as in virtual time.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_group_fares_the_same() {
    let story = herd("azure-cli", 12).replace("count = 12", "").replace(
        "{ herd = {} }",
        "{ closed = { users = 4, iterations = 12 } }",
    );
    let (live, simulated) = both(&story).await;
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!((live.sessions.total, live.sessions.succeeded), (12, 12));
    assert_eq!(live.peak.concurrent, 4);
}

/// With jitter the live run is another draw, so it is close and not equal.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_with_jitter_fares_alike() {
    let (live, simulated) = both(&herd("proportional", 40).replace("400ms", "50ms")).await;
    assert_eq!((live.sessions.failed, simulated.sessions.failed), (0, 0));
    let per_token = |result: &RunResult| result.attempts.per_token.expect("tokens");
    let (live_cost, simulated_cost) = (per_token(&live), per_token(&simulated));
    let ratio = live_cost / simulated_cost;
    assert!(
        (0.5..2.0).contains(&ratio),
        "{live_cost} attempts a token live, {simulated_cost} simulated"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn both_give_one_shape() {
    let (live, simulated) = both(&herd("azure-cli", 3)).await;
    assert_eq!(shape(&live.to_json()), shape(&simulated.to_json()));
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
#[tokio::test(flavor = "multi_thread")]
async fn sessions_with_a_context_fare_the_same() {
    let story = r#"
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
    let (live, simulated) = both(story).await;
    let counts = |result: &RunResult| {
        let (sessions, requests) = (&result.sessions, &result.resource_manager);
        let wanted = result.context.lock.wanted;
        (
            (sessions.succeeded, sessions.wrong_context, wanted),
            (result.attempts.total, requests.sent, requests.granted),
        )
    };
    assert_eq!(counts(&live), counts(&simulated));
    assert_eq!(live.sessions.wrong_context, 2);
    assert_eq!(live.context.lock.timed_out, 0);
}

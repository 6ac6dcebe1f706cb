//! The limits as a herd of requests meets them on real sockets.

use imds_emulator::Emulator;
use imds_tests::{emulator, raw};
use tokio::task::JoinSet;

/// Service times that no machine is slow enough to outlast.
const SLOW: &str = r#"latency = { token_cold = "2s", token_warm = "2s", other = "0s" }"#;

async fn statuses(
    emulator: &std::sync::Arc<Emulator>,
    target: &'static str,
    count: usize,
) -> Vec<u16> {
    let mut requests = JoinSet::new();
    for _ in 0..count {
        let emulator = std::sync::Arc::clone(emulator);
        requests.spawn(async move {
            raw::get(&emulator, target, "Metadata: true\r\n")
                .await
                .status()
        });
    }
    let mut statuses = requests.join_all().await;
    statuses.sort_unstable();
    statuses
}

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";
const VERSIONS: &str = "/metadata/versions";

#[tokio::test(flavor = "multi_thread")]
async fn five_tokens_are_served_at_once_and_the_sixth_is_refused() {
    let emulator = std::sync::Arc::new(emulator(SLOW).await);
    let all = statuses(&emulator, TOKEN, 30).await;
    assert_eq!(all, [vec![200; 5], vec![429; 25]].concat());
    let tally = emulator.tally().identity;
    assert_eq!(
        (
            tally.admitted,
            tally.refused_concurrency,
            tally.refused_rate
        ),
        (5, 25, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_categories_do_not_share_their_limits() {
    let emulator = std::sync::Arc::new(emulator(SLOW).await);
    let (tokens, versions) = tokio::join!(
        statuses(&emulator, TOKEN, 6),
        statuses(&emulator, VERSIONS, 5)
    );
    assert_eq!(tokens, [200, 200, 200, 200, 200, 429]);
    assert_eq!(versions, [200; 5]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_is_a_limit_of_its_own() {
    // A window of an hour, so that the time the requests take does not matter.
    let config = r#"
        latency = { token_cold = "0s", token_warm = "0s" }
        limits = { identity = { rate = { window = "1h" } } }
    "#;
    let emulator = std::sync::Arc::new(emulator(config).await);
    let mut all = vec![];
    for _ in 0..25 {
        all.extend(statuses(&emulator, TOKEN, 1).await);
    }
    assert_eq!(all, [vec![200; 20], vec![429; 5]].concat());
    assert_eq!(emulator.tally().identity.refused_rate, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_its_client_abandons_keeps_its_slot() {
    let emulator = std::sync::Arc::new(emulator(SLOW).await);
    let mut impatient = JoinSet::new();
    for _ in 0..5 {
        let emulator = std::sync::Arc::clone(&emulator);
        impatient.spawn(async move { raw::get(&emulator, TOKEN, "Metadata: true\r\n").await });
    }
    while emulator.tally().identity.in_use < 5 {
        tokio::task::yield_now().await;
    }
    impatient.shutdown().await;
    assert_eq!(statuses(&emulator, TOKEN, 1).await, [429]);
}

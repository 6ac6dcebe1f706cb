//! The client's gate for commands between clients that ask once and the emulator.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use imds_client::CommandQueue;
use imds_emulator::Emulator;
use imds_tests::{emulator, raw};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// So many processes that each send one request, from a place of their own in the queue; how many got a token.
async fn herd(emulator: &Arc<Emulator>, folder: PathBuf, count: u64) -> usize {
    let mut clients = JoinSet::new();
    for seed in 0..count {
        let (emulator, folder) = (Arc::clone(emulator), folder.clone());
        clients.spawn(async move {
            let five = NonZeroUsize::new(5).expect("more than none");
            let rng = ChaCha8Rng::seed_from_u64(seed);
            let queue = CommandQueue::open(folder, "herd", five, None, rng).expect("a line");
            let _admission = queue.turn(|_| {}).await.expect("a turn");
            raw::token(&emulator, "resource=https://a.example/").await
        });
    }
    let answers = clients.join_all().await;
    let granted = answers.iter().filter(|answer| answer.status() == 200);
    granted.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_ask_once_all_get_a_token_five_at_a_time() {
    let latency = "latency = { token_cold = \"300ms\", token_warm = \"300ms\" }";
    let emulator = Arc::new(emulator(latency).await);
    let folder = TempDir::new().expect("a folder");
    let granted = herd(&emulator, folder.path().join("cache"), 15).await;
    let tally = emulator.tally().identity;
    assert_eq!(
        (granted, tally.refused_concurrency, tally.refused_rate),
        (15, 0, 0)
    );
}

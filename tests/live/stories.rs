//! Every story in `scenarios/` holds in real time.

use std::sync::Arc;

use imds_loadgen::RunResult;
use imds_loadgen::result::Verdict;
use imds_tests::play::{played_until, scenario};
use imds_tests::stories::{assert_passed, stories};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// So many stories at once: nearly all of their time is waiting, but all of their herds together
/// would make the machine late.
const SIDE_BY_SIDE: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn each_holds() {
    let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut runs = JoinSet::new();
    for (name, text) in stories() {
        let (scenario, places) = (scenario(&text), Arc::clone(&places));
        runs.spawn(async move {
            let _place = places.acquire().await.expect("nobody closes it");
            (name, played_until(&scenario, proves).await)
        });
    }
    for (name, result) in runs.join_all().await {
        assert_passed(&name, &result);
    }
}

/// A story that holds although the machine was late is told; one that does not is told again.
fn proves(result: &RunResult) -> bool {
    result.verdict == Verdict::Passed || !result.generator_late
}

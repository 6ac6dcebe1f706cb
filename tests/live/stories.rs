//! Every story in `scenarios/` holds in real time.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use imds_loadgen::result::run::RunResult;
use imds_loadgen::result::verdict::Verdict;
use imds_loadgen::scenario::story::Scenario;
use imds_tests::play::{played_until, scenario, simulated};
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
    for (name, scenario) in longest_first() {
        let places = Arc::clone(&places);
        runs.spawn(async move {
            let _place = places.acquire().await.expect("nobody closes it");
            (name, played_until(&scenario, proves).await)
        });
    }
    for (name, result) in runs.join_all().await {
        assert_passed(&name, &result);
    }
}

/// The stories that take longest first, so that none of them begins when the others are over.
fn longest_first() -> Vec<(String, Scenario)> {
    let stories = stories().into_iter();
    let mut stories: Vec<_> = stories
        .map(|(name, text)| (name, scenario(&text)))
        .collect();
    stories.sort_by_cached_key(|(_, scenario)| Reverse(length(scenario)));
    stories
}

/// How long it takes until its last token in virtual time; live it is much the same.
fn length(scenario: &Scenario) -> Duration {
    let tokens = simulated(scenario).makespan_ms;
    Duration::from_secs_f64(tokens.unwrap_or_default() / 1000.0)
}

/// A story that holds although the machine was late is told; one that does not is told again.
fn proves(result: &RunResult) -> bool {
    result.verdict == Verdict::Passed || !result.generator_late
}

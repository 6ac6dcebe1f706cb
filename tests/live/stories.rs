//! Every story in `scenarios/` holds in real time.

use imds_loadgen::RunResult;
use imds_loadgen::result::Verdict;
use imds_tests::play::{played_until, scenario};
use imds_tests::stories::{assert_passed, stories};
use tokio::task::JoinSet;

/// All at once, since nearly all of their time is waiting.
#[tokio::test(flavor = "multi_thread")]
async fn each_holds() {
    let mut runs = JoinSet::new();
    for (name, text) in stories() {
        let scenario = scenario(&text);
        runs.spawn(async move { (name, played_until(&scenario, proves).await) });
    }
    for (name, result) in runs.join_all().await {
        assert_passed(&name, &result);
    }
}

/// A story that holds although the machine was late is told; one that does not is told again.
fn proves(result: &RunResult) -> bool {
    result.verdict == Verdict::Passed || !result.generator_late
}

//! Every story in `scenarios/` holds in real time.

use imds_tests::play::{played, scenario};
use imds_tests::stories::{assert_passed, stories};
use tokio::task::JoinSet;

/// All at once, since nearly all of their time is waiting.
#[tokio::test(flavor = "multi_thread")]
async fn each_holds() {
    let mut runs = JoinSet::new();
    for (name, text) in stories() {
        let scenario = scenario(&text);
        runs.spawn(async move { (name, played(&scenario).await) });
    }
    for (name, result) in runs.join_all().await {
        assert_passed(&name, &result);
    }
}

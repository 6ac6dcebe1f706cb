//! Every story in `scenarios/` holds, live and simulated.

use imds_loadgen::result::Verdict;
use imds_loadgen::{RunResult, Scenario};
use imds_tests::tree;
use tokio::task::JoinSet;

use crate::{played, scenario, simulated};

fn stories() -> Vec<(String, String)> {
    let files = tree::files("scenarios", ".toml").into_iter();
    let stories = files.map(|path| {
        (
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            tree::read(&path),
        )
    });
    stories.collect()
}

fn assert_passed(name: &str, result: &RunResult) {
    let unmet: Vec<_> = result
        .expectations
        .iter()
        .filter(|judgement| !judgement.met)
        .collect();
    assert_eq!(result.verdict, Verdict::Passed, "{name}: {unmet:#?}");
}

#[test]
fn each_says_first_what_it_shows_and_expects_something() {
    for (name, text) in stories() {
        let comment: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        assert!(
            comment.iter().any(|line| line.starts_with("# Shows:")),
            "{name}"
        );
        let scenario = scenario(&text);
        assert_eq!(scenario.name, name, "the file is called as the scenario");
        assert!(!scenario.expectations.is_empty(), "{name}");
    }
}

/// A story holds by what it tells, not by luck: with other seeds too.
#[test]
fn each_holds_simulated_with_many_seeds() {
    for (name, text) in stories() {
        let mut scenario = scenario(&text);
        for seed in scenario.seed..scenario.seed + 50 {
            scenario.seed = seed;
            assert_passed(&format!("{name}, seed {seed}"), &simulated(&scenario));
        }
    }
}

/// All at once, since most of their time is waiting.
#[tokio::test(flavor = "multi_thread")]
async fn each_holds_live() {
    let mut runs = JoinSet::new();
    for (name, text) in stories() {
        let scenario: Scenario = scenario(&text);
        runs.spawn(async move { (name, played(&scenario).await) });
    }
    for (name, result) in runs.join_all().await {
        assert_passed(&name, &result);
    }
}

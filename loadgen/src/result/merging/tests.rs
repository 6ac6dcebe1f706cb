//! Results of simulated runs, put together.

use proptest::prelude::*;

use super::*;
use crate::engine::simulate::simulate;
use crate::result::scenario::from_toml;
use crate::result::verdict::Verdict;

const JOBS: &str = r#"
schema = 1
name = "jobs"

[imds]
latency = { token_cold = "100ms", token_warm = { p50 = "80ms", p99 = "300ms" } }

[[sessions]]
name = "all"
count = 12
arrival = { every = { interval = "120ms" } }
client = "azure-cli"
script = [{ connect = {} }, { metadata = {} }]

[[sessions]]
name = "gated"
count = 8
arrival = { herd = {} }
client = "go-msal"
through = { gate = { at_once = 2 } }
script = [{ connect = {} }]

[expect]
"sessions.success_ratio" = ">= 0.9"
"#;

/// The result of a run with this seed.
fn played(seed: u64, text: &str) -> RunResult {
    let mut scenario = from_toml("jobs.toml", text).expect("valid");
    scenario.seed = seed;
    RunResult::mergeable(&scenario, &mut simulate(&scenario).expect("a run"))
}

fn named(seeds: &[u64]) -> Vec<Named> {
    let name = |(number, seed): (usize, &u64)| (format!("vm-{number}"), played(*seed, JOBS));
    seeds.iter().enumerate().map(name).collect()
}

fn refused(change: impl FnOnce(&mut Vec<Named>)) -> String {
    let mut results = named(&[1, 2]);
    change(&mut results);
    merge(results).expect_err("refused").join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// Counts are sums, in any order of the sources, and the text says the same as the value.
    #[test]
    fn counts_are_added_in_any_order(seeds in prop::collection::vec(0_u64..1000, 2..6), turn in 0_usize..6) {
        let results = named(&seeds);
        let mut turned = results.clone();
        turned.rotate_left(turn % results.len());
        let merged = merge(results.clone()).expect("one scenario");
        let json = merged.to_json();
        prop_assert_eq!(merge(turned).expect("one scenario").to_json(), json.clone());
        let all = |count: fn(&RunResult) -> u64| results.iter().map(|(_, result)| count(result)).sum::<u64>();
        prop_assert_eq!(merged.sessions.total, all(|it| it.sessions.total));
        prop_assert_eq!(merged.sessions.failed, all(|it| it.sessions.failed));
        prop_assert_eq!(merged.attempts.total, all(|it| it.attempts.total));
        prop_assert_eq!(merged.metadata.granted, all(|it| it.metadata.granted));
        prop_assert_eq!(merged.sessions.by_group["gated"].tokens, all(|it| it.sessions.by_group["gated"].tokens));
        let failures = |it: &RunResult| it.failures.iter().map(|failure| failure.count).sum();
        prop_assert_eq!(failures(&merged), all(failures));
        let longest = results.iter().filter_map(|(_, it)| it.makespan_ms).fold(0.0, f64::max);
        prop_assert_eq!(merged.makespan_ms, Some(longest));
        let least = results.iter().filter_map(|(_, it)| it.time_to_token_ms.min).fold(f64::MAX, f64::min);
        prop_assert_eq!(merged.time_to_token_ms.min, Some(least));
        let never = |it: &RunResult| it.histograms["time_to_token_ms"].never;
        prop_assert_eq!(never(&merged), all(never));
    }
}

#[test]
fn which_source_is_bad_stays_visible() {
    let mut results = named(&[1, 2]);
    for (place, (verdict, met)) in [(Verdict::Passed, true), (Verdict::Failed, false)]
        .into_iter()
        .enumerate()
    {
        results[place].1.verdict = verdict;
        results[place].1.expectations[0].met = met;
    }
    let merged = merge(results).expect("one scenario");
    assert_eq!(merged.verdict, Verdict::Failed);
    assert_eq!(merged.expectations[0].source.as_deref(), Some("vm-1"));
    let verdicts: Vec<Verdict> = merged.sources.iter().map(|it| it.verdict).collect();
    assert_eq!(verdicts, [Verdict::Passed, Verdict::Failed]);
    assert!(merged.sources[0].not_met.is_empty());
    assert_eq!(merged.sources[1].not_met.len(), 1);
    let example = merged.failures[0].example.as_ref().expect("an example");
    assert_eq!(example.source.as_deref(), Some("vm-0"));
}

#[test]
fn an_expectation_is_shown_of_a_source_that_measured_it() {
    let shown = |judged: [(bool, bool); 3]| {
        let mut results = named(&[1, 2, 3]);
        for ((_, result), (met, measured)) in results.iter_mut().zip(judged) {
            let judgement = &mut result.expectations[0];
            (judgement.met, judgement.measured) = (met, measured);
        }
        let mut merged = merge(results).expect("one scenario");
        merged.expectations.remove(0).source.expect("a source")
    };
    assert_eq!(shown([(true, false); 3]), "vm-0");
    assert_eq!(shown([(true, false), (true, true), (true, true)]), "vm-1");
    assert_eq!(shown([(true, false), (true, true), (false, false)]), "vm-2");
}

#[test]
fn a_target_that_all_have_is_that_of_the_merged_result() {
    let target = |targets: [&str; 2]| {
        let mut results = named(&[1, 2]);
        for ((_, result), target) in results.iter_mut().zip(targets) {
            result.target = Some(target.to_owned());
        }
        merge(results).expect("one scenario").target
    };
    assert_eq!(target(["http://x"; 2]).as_deref(), Some("http://x"));
    assert_eq!(target(["http://x", "http://y"]), None);
}

#[test]
fn what_is_not_of_one_scenario_is_refused_with_all_that_is_wrong() {
    assert!(refused(|all| _ = all.pop()).contains("expected two results or more"));
    assert!(refused(|all| all[1].0 = "vm-0".to_owned()).contains("found 2 called vm-0"));
    let other = JOBS.replace("count = 12", "count = 13");
    let other = refused(|all| all[1].1 = played(2, &other));
    assert!(
        other.starts_with("vm-1: scenario_sha256: expected "),
        "{other}"
    );
    let version = refused(|all| all[0].1.version = Some("0.0.9".to_owned()));
    assert!(
        version.contains("vm-0: version: expected") && version.ends_with("found 0.0.9"),
        "{version}"
    );
    let earlier = refused(|all| all[1].1.version = None);
    assert!(earlier.contains("vm-1: version: expected"), "{earlier}");
    let two = refused(|all| {
        all[0].1.version = None;
        all[1].1.scenario = "other".to_owned();
    });
    assert!(two.contains("vm-0: version: expected"), "{two}");
    assert!(two.contains("\nvm-1: scenario: expected jobs"), "{two}");
    let missing = refused(|all| _ = all[1].1.histograms.remove("start_lag_ms"));
    assert_eq!(
        missing,
        "vm-1: histograms: expected start_lag_ms, as others have it"
    );
    let damaged = refused(|all| {
        let histogram = all[0].1.histograms.get_mut("time_to_token_ms");
        histogram.expect("a histogram").count += 1;
    });
    assert!(
        damaged.starts_with("vm-0: histograms.time_to_token_ms: expected `count`"),
        "{damaged}"
    );
    let merged = merge(named(&[1, 2])).expect("one scenario");
    let merged = refused(|all| all[0].1 = merged);
    assert!(
        merged.contains("vm-0: expected the result of one run"),
        "{merged}"
    );
}

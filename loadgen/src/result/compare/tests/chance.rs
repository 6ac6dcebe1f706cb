use super::*;
use crate::result::summary::{Runs, Subject, Summary};

/// Twelve sessions that wait an exponential time from this base on, with full jitter.
fn herd(base_wait: &str, seed: u64) -> Scenario {
    let text = format!(
        r#"
        schema = 1
        name = "herd"
        seed = {seed}
        [policies.mine]
        [[policies.mine.layers]]
        max_retries = 8
        [[policies.mine.layers.rules]]
        statuses = ["429"]
        delay = {{ exponential = {{ base = "{base_wait}", factor = 2 }} }}
        jitter = "equal"
        [[sessions]]
        name = "all"
        count = 12
        arrival = {{ herd = {{}} }}
        client = "mine"
        script = [{{ connect = {{}} }}]
        [expect]
        "time_to_token_ms.max" = "< 1000"
        "#
    );
    let mut scenario = from_toml("herd.toml", &text).expect("a valid scenario");
    scenario.traces = 0;
    scenario
}

fn summary(base_wait: &str, seed: u64, runs: u32) -> Summary {
    let scenario = herd(base_wait, seed);
    let subject = Subject::new(&scenario, &[]).expect("no figure is asked for");
    let reader = subject.reader(&scenario);
    let mut sum = Runs::of(subject);
    for run in 0..runs {
        let run = reader.play(&scenario, run).expect("a client that waits");
        sum.add(run);
    }
    sum.summary()
}

fn compared(base: &Summary, new: &Summary) -> Comparison {
    compare(base, new, &[], false).expect("one play")
}

/// A part of what `tests/bench/compare` measures with hundred pairs of hundred runs: of ten pairs of one model none is an
/// alarm, and a base wait that is 15 % longer is found in each of ten.
#[test]
fn one_model_is_no_worse_than_itself_and_longer_waits_are_found() {
    let of = |base_wait: &str, from: u64| -> Vec<Summary> {
        let seeds = (0..5).map(|number| from + number * 1000);
        seeds.map(|seed| summary(base_wait, seed, 40)).collect()
    };
    let (before, after) = (of("1s", 1), of("1150ms", 100_001));
    for (number, base) in before.iter().enumerate() {
        for other in &before[number + 1..] {
            let comparison = compared(base, other);
            assert_eq!(comparison.verdict, Verdict::Passed, "{comparison:#?}");
        }
        for new in [&after[number], &after[(number + 1) % 5]] {
            let comparison = compared(base, new);
            assert_eq!(comparison.verdict, Verdict::Failed, "{comparison:#?}");
            assert!(
                comparison.method.contains("Mann and Whitney"),
                "{}",
                comparison.method
            );
        }
    }
}

#[test]
fn runs_of_the_same_seeds_are_pairs_and_a_model_is_itself() {
    let (base, longer) = (summary("1s", 7, 30), summary("1150ms", 7, 30));
    let same = compared(&base, &base);
    let certain = |figure: &Figure| figure.test.is_some_and(|test| test.p >= 1.0);
    assert!(same.figures.iter().all(certain), "{same:#?}");
    let worse = compared(&base, &longer);
    assert_eq!(of(&worse, "metrics.makespan_ms.p50"), Outcome::Worse);
    assert!(worse.method.contains("signed ranks"), "{}", worse.method);
    let better = compared(&longer, &base);
    assert_eq!(of(&better, "metrics.makespan_ms.p50"), Outcome::Better);
}

#[test]
fn without_the_figures_of_runs_or_with_few_runs_tolerance_decides() {
    let (base, longer) = (summary("1s", 1, 4), summary("2s", 100, 4));
    let few = compared(&base, &longer);
    assert_eq!(few.verdict, Verdict::Failed, "{few:#?}");
    assert!(few.method.contains("too few"), "{}", few.method);
    let mut old = base;
    old.samples.clear();
    let earlier = compared(&old, &longer);
    assert_eq!(earlier.verdict, Verdict::Failed, "{earlier:#?}");
    assert!(
        earlier.method.contains("of an earlier version"),
        "{}",
        earlier.method
    );
}

#[test]
fn a_summary_names_its_worst_run_and_the_first_that_failed() {
    let summary = summary("1s", 1, 30);
    let passes = |seed: u64| {
        let scenario = herd("1s", seed);
        let raw = simulate::simulate(&scenario).expect("a client that waits");
        RunResult::new(&scenario, &raw)
    };
    let results: Vec<RunResult> = (1..=30).map(passes).collect();
    let failed = results
        .iter()
        .find(|result| result.verdict == Verdict::Failed);
    let failed = failed.map(|result| result.seed);
    assert!(failed.is_some(), "the expectation is to fail now and then");
    assert_eq!(summary.first_failed.map(|run| run.seed), failed);
    let worst = passes(summary.worst.expect("there were runs").seed)
        .time_to_token_ms
        .max;
    let longer = |result: &&RunResult| result.time_to_token_ms.max > worst;
    assert_eq!(results.iter().find(longer).map(|result| result.seed), None);
}

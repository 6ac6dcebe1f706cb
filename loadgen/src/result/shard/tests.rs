//! All shards in any order are the undivided runs, and nothing else is.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::merging::{Merged, Named, to_change};
use super::*;
use crate::result::scenario::from_toml;
use crate::result::summary::{Runs, Summary};

/// Half of the sessions fail in some runs, and in some none does.
const HERD: &str = r#"
    schema = 1
    name = "herd"
    [imds.latency]
    token_cold = { p50 = "100ms", p99 = "900ms" }
    token_warm = { p50 = "100ms", p99 = "900ms" }
    [[sessions]]
    name = "cli"
    count = 10
    arrival = { herd = { spread = "1s" } }
    client = "azure-cli"
    script = [{ connect = {} }]
    [[sessions]]
    name = "go"
    count = 10
    arrival = { herd = { spread = "1s" } }
    client = "py-msal"
    script = [{ connect = {} }]
    [expect]
    "sessions.failed" = "<= 1"
"#;

const RUNS: u32 = 24;

/// So that the seeds of the runs pass the greatest.
const FIRST_SEED: u64 = u64::MAX - 5;

fn scenario() -> Scenario {
    let mut scenario = from_toml("herd.toml", HERD).expect("valid");
    (scenario.traces, scenario.seed) = (0, FIRST_SEED);
    scenario
}

/// The runs, played once.
static PLAYED: LazyLock<(Whole, Vec<SummedRun>)> = LazyLock::new(|| {
    let scenario = scenario();
    let asked = ["attempt_latency_ms.refused.p99".to_owned()];
    let subject = Subject::new(&scenario, &asked).expect("a figure");
    let reader = subject.reader(&scenario);
    let runs = (0..RUNS).map(|run| reader.play(&scenario, run).expect("a run"));
    let runs = runs.collect();
    let command = CommandLine {
        scenario: "herd.toml".to_owned(),
        client: None,
        context: None,
        count: None,
    };
    (
        Whole::new(&scenario, "any".to_owned(), (RUNS, 1), command, subject),
        runs,
    )
});

/// What would help in the run of a seed: any text that is another for each.
fn change(seed: u64) -> String {
    format!("change {seed}")
}

/// So many shards, as they are in their files.
fn texts(shards: u32) -> Vec<String> {
    let (of, runs) = &*PLAYED;
    let of = Whole {
        shards,
        ..of.clone()
    };
    let parts = (1..=shards).map(|index| Part { index, of: shards });
    let shard = |part: Part| {
        let range = part.range(RUNS);
        let runs = runs[range.start as usize..range.end as usize].to_vec();
        let first = first_of_each(&runs).into_iter();
        let failures = first.map(|(cause, seed)| FirstFailure {
            cause: cause.clone(),
            seed,
            to_change: Some(change(seed)),
        });
        let failures = failures.collect();
        serde_json::to_string(&Shard::new(part, of.clone(), failures, runs)).expect("JSON")
    };
    parts.map(shard).collect()
}

fn read(texts: &[String]) -> Vec<Named> {
    let named = (1..).zip(texts).map(|(number, text)| {
        let name = format!("{number}.json");
        let shard = Shard::from_json(&name, text).expect("a shard");
        (name, shard)
    });
    named.collect()
}

/// The summary and the figures of runs.
fn rendered(sum: Runs, change: impl FnOnce(&Summary) -> Option<String>) -> [String; 2] {
    // Not a number is equal to nothing, but has one text.
    let table = format!("{:?}", sum.columns());
    let mut summary = sum.summary();
    let change = change(&summary);
    let failing = summary.failing.as_mut().expect("some run failed");
    failing.to_change = change;
    [serde_json::to_string(&summary).expect("JSON"), table]
}

fn undivided() -> [String; 2] {
    let (of, runs) = &*PLAYED;
    let mut sum = Runs::of(of.subject.clone());
    sum.extend(runs.iter().cloned());
    rendered(sum, |summary| {
        summary.failing.as_ref().map(|failing| change(failing.seed))
    })
}

fn merged(shards: Vec<Named>) -> [String; 2] {
    let Merged { sum, failures, .. } = Merged::of(shards).expect("all shards");
    rendered(sum, |summary| {
        to_change(&failures, summary.failing.as_ref()?)
    })
}

fn wrong(shards: Vec<Named>) -> Vec<String> {
    Merged::of(shards).expect_err("something is wrong")
}

proptest! {
    #[test]
    fn shards_in_any_order_are_the_undivided_runs(
        (shards, order) in (1..=RUNS).prop_flat_map(|shards| {
            let order: Vec<usize> = (0..shards as usize).collect();
            (Just(shards), Just(order).prop_shuffle())
        })
    ) {
        let texts = texts(shards);
        let texts: Vec<String> = order.iter().map(|index| texts[*index].clone()).collect();
        prop_assert_eq!(merged(read(&texts)), undivided());
    }

    #[test]
    fn one_that_is_missing_or_there_twice_is_named(
        (shards, one) in (2..=RUNS).prop_flat_map(|shards| (Just(shards), 0..shards as usize))
    ) {
        let mut twice = read(&texts(shards));
        let mut missing = twice.clone();
        twice.push(("again.json".to_owned(), twice[one].1.clone()));
        missing.remove(one);
        let index = one + 1;
        prop_assert_eq!(
            wrong(twice),
            [format!("shard {index} of {shards}: expected one file, found 2: {index}.json, again.json")]
        );
        let wrong = wrong(missing);
        let told = format!("shard {index} of {shards} is missing: runs ");
        prop_assert!(wrong.len() == 1 && wrong[0].starts_with(&told), "{:?}", wrong);
    }
}

#[test]
fn the_runs_of_these_tests_differ() {
    let (_, runs) = &*PLAYED;
    let passed = runs.iter().filter(|run| run.passed).count();
    assert!(passed > 0 && passed < runs.len(), "{passed}");
    assert!(first_of_each(runs).len() > 1);
    let figures = || runs.iter().flat_map(|run| &run.figures);
    assert!(figures().any(|figure| figure.is_infinite()));
    assert!(figures().any(|figure| figure.is_nan()));
    let seeds: Vec<u64> = runs.iter().map(|run| run.badness.seed).collect();
    assert!(seeds.contains(&u64::MAX) && seeds.contains(&0), "{seeds:?}");
}

#[test]
fn all_that_is_of_another_play_is_named_at_once() {
    let mut shards = read(&texts(4));
    shards[1].1.of.scenario_sha256 = "0".to_owned();
    shards[1].1.of.command.client = Some("none".to_owned());
    shards[2].1.of.version = "0.0.9".to_owned();
    shards[3].1.of.subject.first_seed = 7;
    let sha256 = shards[0].1.of.scenario_sha256.clone();
    let wrong = wrong(shards).join("\n");
    for expected in [
        format!("2.json: of.scenario_sha256: expected \"{sha256}\", as in 1.json, found \"0\""),
        "2.json: of.command.client: expected null, as in 1.json, found \"none\"".to_owned(),
        format!("3.json: of.version: expected {VERSION}, the version of this program, found 0.0.9"),
        format!("4.json: of.subject.first_seed: expected {FIRST_SEED}, as in 1.json, found 7"),
        "4.json: runs[0].seed: expected 25, found 12".to_owned(),
    ] {
        assert!(wrong.contains(&expected), "{expected} is not in\n{wrong}");
    }
    assert_eq!(wrong.matches("version").count(), 2, "{wrong}");
    assert!(!wrong.contains("missing"), "{wrong}");
}

#[test]
fn what_cannot_be_is_named_with_its_place() {
    let wrong_of = |change: fn(&mut Shard)| {
        let mut shards = read(&texts(2));
        change(&mut shards[1].1);
        wrong(shards).join("\n")
    };
    let fewer = wrong_of(|shard| _ = shard.runs.pop());
    assert_eq!(
        fewer,
        "2.json: runs: expected 12 (runs 13 to 24 of 24, seeds 6 to 17), found 11"
    );
    let figures = wrong_of(|shard| _ = shard.runs[3].figures.pop());
    assert!(
        figures.starts_with("2.json: runs[3].figures: expected "),
        "{figures}"
    );
    let judged = wrong_of(|shard| shard.runs[4].judged.clear());
    assert_eq!(judged, "2.json: runs[4].judged: expected 1, found 0");
    let failures = wrong_of(|shard| shard.failures.clear());
    assert!(
        failures.starts_with("2.json: failures: expected each"),
        "{failures}"
    );
    let seeds = wrong_of(|shard| shard.runs.iter_mut().for_each(|run| run.badness.seed = 5));
    assert!(
        seeds.contains("2.json: runs[9].seed: expected 15, found 5"),
        "{seeds}"
    );
    assert!(seeds.contains("2.json: and so are 2 more runs"), "{seeds}");
    let index = wrong_of(|shard| shard.index = 3);
    assert!(index.contains("found 3 of 2, and 24 runs"), "{index}");
    let many = wrong_of(|shard| shard.of.runs = u32::MAX);
    let most = "2.json: of.runs: expected 100000 runs at most, found 4294967295";
    assert!(many.starts_with(most), "{many}");
}

/// The digest is of all that a run depends on.
#[test]
fn another_scenario_has_another_digest_and_a_comment_has_not() {
    let digest_of = |text: &str| {
        let scenario = from_toml("herd.toml", text).expect("valid");
        digest(&scenario)
    };
    let own = digest_of(HERD);
    assert_eq!(own.len(), 64);
    assert_eq!(digest_of(&format!("# a comment\n{HERD}")), own);
    for (from, to) in [
        ("100ms", "101ms"),
        ("spread = \"1s\"", "spread = \"2s\""),
        ("<= 1", "<= 2"),
    ] {
        assert_ne!(digest_of(&HERD.replace(from, to)), own, "{to}");
    }
}

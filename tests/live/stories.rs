//! Every scenario in `scenarios/` of one VM holds in real time; fleets are simulated only.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use imds_tests::scenario::{Document, Scenario};
use imds_tests::stories::{assert_passed, stories};

use crate::CORES;

/// So many scenarios at once: nearly all of their time is waiting, but all of their herds together
/// would make the machine late.
const SIDE_BY_SIDE: usize = 5;

#[test]
fn each_holds() {
    let left = Mutex::new(shortest_first());
    let results = Mutex::new(vec![]);
    let next = || left.lock().expect("no other thread panics").pop();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some((name, scenario)) = next() {
                    let cores = CORES.read().expect("no other thread panics");
                    let result = scenario.run_until(proves);
                    drop(cores);
                    let mut results = results.lock().expect("no other thread panics");
                    results.push((name, result));
                }
            });
        }
    });
    let results = results.into_inner().expect("no thread panicked");
    assert_eq!(results.len(), of_one_vm().count());
    for (name, result) in results {
        assert_passed(&name, &result);
    }
}

/// The scenarios that are no fleets.
fn of_one_vm() -> impl Iterator<Item = (String, String)> {
    let is_fleet = |text: &str| text.lines().any(|line| line == "[[vms]]");
    let stories = stories().into_iter();
    stories.filter(move |(_, text)| !is_fleet(text))
}

/// The scenarios by their length. They are taken from the end, so that none of the long ones begins when the
/// others are over.
fn shortest_first() -> Vec<(String, Scenario)> {
    let mut stories: Vec<_> = of_one_vm()
        .map(|(name, text)| (name, Scenario::new(&text)))
        .collect();
    stories.sort_by_cached_key(|(_, scenario)| length(scenario));
    stories
}

/// How long it takes until its last token in virtual time; live it is much the same.
fn length(scenario: &Scenario) -> Duration {
    let tokens = scenario.simulated(&[]).figure("makespan_ms");
    Duration::from_secs_f64(tokens.unwrap_or_default() / 1000.0)
}

/// Whether a result proves something: it passed, or it failed although the herd was the one that was planned.
fn proves(result: &Document) -> bool {
    result.at("verdict") == "passed" || result.is_as_planned()
}

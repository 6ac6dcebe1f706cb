//! Answers of many seeds, by real simulations, beside the truth of a long one.

use std::time::Duration;

use super::*;
use crate::command::plan::requirement::Requirement;
use crate::engine::pool::Cores;
use crate::engine::simulate::sample_of_seed;
use crate::result::plan::Sought;
use crate::result::scenario::from_toml;

const JOBS: u32 = 7;

/// The share of jobs that is wanted.
const WANTED: f64 = 0.9;

/// The plans, as many as the promise is about.
const PLANS: u64 = 80;

/// The runs by which the truth is known to about a thousandth.
const LONG: u64 = 10_000;

/// Jobs that ask once, at random times of a spread: a sixth at once fails.
fn jobs() -> Scenario {
    let text = format!(
        "schema = 1\nname = \"jobs\"\n[[sessions]]\nname = \"all\"\ncount = {JOBS}\narrival = {{ herd = {{}} }}\n\
         client = \"azure-cli\"\nscript = [{{ connect = {{}} }}]\n"
    );
    from_toml("jobs.toml", &text).expect("a scenario")
}

fn question() -> Question {
    Question {
        sought: Sought::SpreadMs,
        step: Duration::from_millis(10),
        groups: vec![0],
    }
}

/// The steps of the spread that a plan with this seed guesses by few runs, and those that it answers. No two plans have a
/// run in common.
fn guess_and_answer(seed: u64) -> (u32, u32) {
    let required = format!("within(60s) >= {WANTED}");
    let required: Requirement = required.parse().expect("a requirement");
    let rules = Rules {
        requirements: vec![required],
        share: 0.95,
        confidence: 0.95,
        most_runs: 256,
        cores: Cores::All,
    };
    let scale = Scale {
        most: 100,
        begin: 16,
        precision: 0.02,
        first_far: true,
    };
    let mut scenario = jobs();
    scenario.seed = seed * u64::from(u32::MAX);
    let (question, tried) = (question(), |_: &Trial| ());
    let mut cell = Cell::new(scenario, &question, &rules, &tried);
    // The first step is no spread at all, so the one after the last that seems too short has this number of steps.
    let guess = cell.guess(scale).expect("it ends");
    let found = cell.search(scale, false).expect("it ends");
    (guess, found.step.expect("a spread of a second serves"))
}

/// The share of jobs that get a token with this spread, by runs of which no plan has one.
fn truth(steps: u32) -> f64 {
    let scenario = question().changed(&jobs(), steps);
    let first = PLANS * u64::from(u32::MAX);
    let succeeded = |seed: u64| {
        let sample = sample_of_seed(&scenario, seed).expect("it ends");
        sample.awaited().map(|group| group.succeeded).sum::<u64>()
    };
    let succeeded: u64 = (first..first + LONG).map(succeeded).sum();
    #[expect(clippy::cast_precision_loss, reason = "few")]
    let share = succeeded as f64 / (LONG * u64::from(JOBS)) as f64;
    share
}

/// The least spread whose true share is the wanted one or more; more spread is never worse.
fn least_true(from: u32) -> u32 {
    let mut steps = from..;
    steps
        .find(|steps| truth(*steps) >= WANTED)
        .expect("a long spread serves")
}

/// Of eighty plans at a confidence of 95 % four may answer what is not true. The guesses show that chance would do worse.
#[test]
fn a_spread_that_is_too_short_is_answered_as_seldom_as_the_confidence_says() {
    let plans = (0..PLANS).map(guess_and_answer);
    let (guesses, answers): (Vec<u32>, Vec<u32>) = plans.unzip();
    let least = least_true(*guesses.iter().chain(&answers).min().expect("eighty"));
    let wrong = |found: &[u32]| found.iter().filter(|steps| **steps < least).count();
    assert!(wrong(&answers) <= 4, "{answers:?} from {least} on");
    assert!(wrong(&guesses) > 8, "{guesses:?} from {least} on");
}

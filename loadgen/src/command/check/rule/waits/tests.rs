//! What `backs-off` says of clients whose waits are known, with the noise that starting a process adds to each.

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};

use super::back_off;
use crate::command::check::rule::Grade::{self, Failed, NotApplicable, Passed};
use crate::command::check::seen::samples::{request, seen};
use crate::command::check::seen::{End, Seen};

/// So many clients of each kind are judged.
const SEEDS: u64 = 200;
/// What starting a process adds to a wait: as in `START_UP`.
const START: (f64, f64) = (0.02, 0.15);
/// A round of the scheduler, which a client in one process may be late by.
const TIMER: (f64, f64) = (0.0, 0.01);

/// The waits of a client by the number of the retry, from 0, in seconds.
type Waits = fn(&mut ChaCha8Rng, i32) -> f64;

/// The requests of a client that is refused each time, and what was measured of its starts.
struct Client {
    waits: Waits,
    noise: (f64, f64),
    new_process: bool,
    starts: usize,
}

impl Client {
    /// A loop of a shell, each attempt a process of its own; a check of one case.
    fn in_a_loop(waits: Waits) -> Client {
        Client {
            waits,
            noise: START,
            new_process: true,
            starts: 1,
        }
    }

    /// A library, whose attempts are one process's over one connection.
    fn in_one_process(waits: Waits) -> Client {
        Client {
            noise: TIMER,
            new_process: false,
            ..Client::in_a_loop(waits)
        }
    }

    fn seen(&self, nothing: &Seen, seed: u64, retries: usize) -> Seen {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut at = 0.0;
        let mut told = vec![request(1, 0, 429)];
        for (number, connection) in (0..).zip(2..).take(retries) {
            at += (self.waits)(&mut rng, number) + self.late(&mut rng);
            let connection = if self.new_process { connection } else { 1 };
            told.push(request(connection, ms(at), 429));
        }
        let starts = (0..self.starts).map(|_| Duration::from_secs_f64(self.late(&mut rng)));
        Seen {
            requests: told,
            starts: starts.collect(),
            ..nothing.clone()
        }
    }

    fn late(&self, rng: &mut impl Rng) -> f64 {
        rng.random_range(self.noise.0..self.noise.1)
    }

    /// The part of the clients that get the grade.
    fn share(&self, grade: Grade, retries: usize) -> f64 {
        let nothing = nothing();
        let graded = (0..SEEDS).map(|seed| back_off(&self.seen(&nothing, seed, retries)).grade);
        let count = u32::try_from(graded.filter(|it| *it == grade).count()).expect("a few");
        f64::from(count) / f64::from(u32::try_from(SEEDS).expect("a few"))
    }
}

/// A command that asked for nothing.
fn nothing() -> Seen {
    seen(End::Code(1), Vec::new())
}

/// In whole ones.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few minutes"
)]
fn ms(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}

/// That all clients of a kind get that grade, whatever chance does.
fn always(client: &Client, retries: usize, grade: Grade, name: &str) {
    let share = client.share(grade, retries);
    assert!(
        share >= 1.0,
        "{name}, {retries} retries: {grade:?} is {share}"
    );
}

#[test]
fn a_fixed_wait_is_no_backoff_however_the_starts_of_its_processes_differ() {
    let fixed: [(&str, Waits); 6] = [
        ("0.1 s", |_, _| 0.1),
        ("0.25 s", |_, _| 0.25),
        ("1 s, as cloud-init's", |_, _| 1.0),
        ("5 s", |_, _| 5.0),
        ("10 s, as MSAL's after a 410", |_, _| 10.0),
        ("1 s, and an outer loop of 10 s", |_, retry| {
            if retry % 6 == 5 { 10.0 } else { 1.0 }
        }),
    ];
    for (name, waits) in fixed {
        for retries in [3, 5, 20, 100] {
            always(&Client::in_a_loop(waits), retries, Failed, name);
            always(&Client::in_one_process(waits), retries, Failed, name);
        }
    }
}

#[test]
fn waits_that_grow_are_backoff_without_any_jitter() {
    let growing: [(&str, Waits); 5] = [
        ("exponential from 0.1 s", |_, retry| 0.1 * 2_f64.powi(retry)),
        ("exponential from 0.25 s", |_, retry| {
            0.25 * 2_f64.powi(retry)
        }),
        ("exponential from 1 s", |_, retry| 2_f64.powi(retry)),
        (
            "linear, as librdkafka's: 5 10 15 20, anew after 10",
            |_, retry| [5.0, 10.0, 15.0, 20.0, 10.0][usize::try_from(retry).expect("from 0") % 5],
        ),
        ("linear from 0.5 s", |_, retry| 0.5 * f64::from(retry + 1)),
    ];
    for (name, waits) in growing {
        for retries in [3, 5, 10] {
            always(&Client::in_a_loop(waits), retries, Passed, name);
            always(&Client::in_one_process(waits), retries, Passed, name);
        }
    }
    let capped = Client::in_a_loop(|_, retry| 2_f64.powi(retry.min(4)) / 16.0);
    for retries in [5, 20, 100] {
        always(&capped, retries, Passed, "exponential from 0.06 s to 1 s");
    }
}

#[test]
fn jitter_is_backoff_where_it_is_more_than_noise() {
    let jittered: [(&str, Waits, f64); 5] = [
        (
            "exponential from 0.8 s, a fifth by chance",
            |rng, retry| 0.8 * 2_f64.powi(retry) * rng.random_range(0.8..1.2),
            0.0,
        ),
        (
            "exponential from 1 s, half of it by chance",
            |rng, retry| 2_f64.powi(retry) * rng.random_range(0.5..1.0),
            0.0,
        ),
        (
            "decorrelated from 1 s to 20 s",
            |rng, retry| rng.random_range(1.0..3_f64.powi(retry + 1).min(20.0)),
            0.01,
        ),
        (
            "between 1 s and 3 s",
            |rng, _| rng.random_range(1.0..3.0),
            0.04,
        ),
        (
            "Fibonacci, a tenth by chance",
            |rng, retry| {
                [1.0, 1.0, 2.0, 3.0, 5.0, 8.0][usize::try_from(retry).expect("from 0").min(5)]
                    * rng.random_range(0.9..1.1)
            },
            0.0,
        ),
    ];
    for (name, waits, missed) in jittered {
        for retries in [3, 5, 10] {
            let client = Client::in_a_loop(waits);
            let failed = client.share(Failed, retries);
            assert!(failed <= missed, "{name}, {retries} retries: {failed}");
            assert!(client.share(Passed, retries) >= 1.0 - missed, "{name}");
        }
    }
}

/// Full jitter draws a wait of nothing now and then, which is to be back at once.
#[test]
fn small_jitter_is_seen_where_a_connection_shows_that_it_is_one_process_s() {
    let full: Waits = |rng, retry| rng.random_range(0.0..0.4 * 2_f64.powi(retry));
    let decorrelated: Waits =
        |rng, retry| rng.random_range(0.1..(0.3 * 3_f64.powi(retry)).min(1.5));
    let failed = |waits, retries| Client::in_one_process(waits).share(Failed, retries);
    // 0.12 for the first wait, and 0.06 for the second.
    assert!(failed(full, 3) < 0.25, "{}", failed(full, 3));
    assert!(
        failed(decorrelated, 3) < 0.03,
        "{}",
        failed(decorrelated, 3)
    );
    assert!(
        failed(decorrelated, 10) < 0.001,
        "{}",
        failed(decorrelated, 10)
    );
    let narrow: Waits = |rng, _| rng.random_range(0.3..0.5);
    assert!(Client::in_one_process(narrow).share(Passed, 20) > 0.99);
}

#[test]
fn what_the_starts_of_a_slow_command_differ_by_is_measured() {
    let slow = Client {
        noise: (0.5, 1.1),
        starts: 12,
        ..Client::in_a_loop(|_, _| 1.0)
    };
    let unmeasured = Client { starts: 0, ..slow };
    for retries in [3, 10, 50] {
        let (passed, else_passed) = (
            slow.share(Passed, retries),
            unmeasured.share(Passed, retries),
        );
        assert!(passed < 0.01, "{retries} retries: {passed}");
        assert!(
            else_passed > 0.6,
            "that is what the measurement is for: {else_passed}"
        );
    }
}

#[test]
fn a_command_that_begins_late_on_purpose_does_not_hide_its_backoff() {
    let nothing = nothing();
    let growing = Client::in_a_loop(|_, retry| 2_f64.powi(retry));
    let late = |seed| {
        let mut seen = growing.seen(&nothing, seed, 3);
        seen.starts = (0..12)
            .map(|n| Duration::from_secs((seed + n * 7) % 30))
            .collect();
        back_off(&seen).grade
    };
    assert!((0..SEEDS).all(|seed| late(seed) == Passed));
}

#[test]
fn a_machine_that_stalls_now_and_then_does_not_make_a_fixed_wait_pass() {
    let stalling: Waits = |rng, _| {
        let stalls = rng.random_bool(0.02);
        0.25 + if stalls { 2.0 } else { 0.0 }
    };
    for (retries, most) in [(3, 0.08), (5, 0.02), (20, 0.005), (100, 0.005)] {
        let passed = Client::in_a_loop(stalling).share(Passed, retries);
        assert!(passed <= most, "{retries} retries: {passed}");
    }
}

#[test]
fn of_two_waits_only_growth_is_told_and_of_one_nothing() {
    let fixed = Client::in_a_loop(|_, _| 1.0);
    let growing = Client::in_a_loop(|_, retry| 2_f64.powi(retry));
    always(&fixed, 2, NotApplicable, "1 s twice, as MSAL's in Go");
    always(&growing, 2, Passed, "1 s, 2 s");
    for client in [&fixed, &growing] {
        always(client, 1, NotApplicable, "two attempts");
        always(client, 0, NotApplicable, "one attempt, as the Azure CLI's");
    }
    always(
        &Client::in_one_process(|_, _| 0.0),
        1,
        Failed,
        "back at once",
    );
}

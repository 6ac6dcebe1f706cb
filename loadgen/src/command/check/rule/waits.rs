//! Rules about the time between a failure and the next attempt.

use std::time::Duration;

use imds_emulator::verify;

#[cfg(test)]
mod tests;

use super::Judgement;
use super::requests::findings;
use crate::command::check::seen::{Retry, Seen, status};

/// A client that is back so soon has not waited: a round of the scheduler and of loopback takes less (assumed).
const AT_ONCE: Duration = Duration::from_millis(50);
/// Waits that differ by that much less than a twentieth of the shortest are one wait (assumed).
const ALIKE: f64 = 0.05;
/// By so much the start of a process makes the waits of a shell loop differ, at least (assumed: `sleep` and `curl` on
/// a machine with other work to do took 20 to 150 ms more than the loop says).
const START_UP: Duration = Duration::from_millis(150);
/// And by no more than so much: a command whose first request comes later waits on purpose (assumed).
const MOST_START_UP: Duration = Duration::from_secs(1);
/// Waits may differ by so much more than the measured starts, of which there are only a dozen (assumed).
const MORE_THAN_MEASURED: f64 = 2.0;
/// A start may take longer by that part of the quickest that was measured, of which there may be only one (assumed).
const OF_A_START: f64 = 0.5;
/// So many waits show that they never change; two that are alike do not.
const ENOUGH: usize = 3;
/// Of so many waits one may be longer because the machine was busy.
const PER_STALL: usize = 5;
/// Documented: how soon a server's error may be tried again.
const A_SECOND: Duration = Duration::from_secs(1);
/// Timers may be that much early.
const EARLY: Duration = Duration::from_millis(20);

/// Its waits grow, or differ by chance, by more than starting a process makes them differ.
#[must_use]
pub(crate) fn back_off(seen: &Seen) -> Judgement {
    let retries = seen.retries();
    let waits = waits(&retries);
    let Some(shortest) = waits.iter().min() else {
        return Judgement::not_applicable("nothing was tried again");
    };
    let told = format!("waits of {}", listed(&waits));
    if *shortest < AT_ONCE {
        return Judgement::of(false, format!("{told}: back at once"));
    }
    let noise = noise(seen, &retries).max(shortest.mul_f64(ALIKE));
    if spread(&waits) > noise || growth(&waits) > noise {
        return Judgement::of(true, told);
    }
    if waits.len() < ENOUGH {
        return Judgement::not_applicable(format!("{told}: too few to tell whether they grow"));
    }
    let by = noise.as_secs_f64();
    let same =
        format!("{told}: always the same, since less than {by:.2} s is not of the client's making");
    Judgement::of(false, same)
}

/// By how much waits differ that the client wants to be the same.
fn noise(seen: &Seen, retries: &[Retry]) -> Duration {
    if retries.iter().all(|retry| retry.same_connection) {
        return AT_ONCE;
    }
    let measured = spread(&seen.starts).mul_f64(MORE_THAN_MEASURED);
    let quickest = seen.starts.iter().min().copied().unwrap_or_default();
    let unmeasured = quickest.mul_f64(OF_A_START);
    measured.max(unmeasured).clamp(START_UP, MOST_START_UP)
}

/// From the shortest to the longest; one in five may be longer.
fn spread(lengths: &[Duration]) -> Duration {
    let mut sorted = lengths.to_vec();
    sorted.sort();
    sorted.truncate(lengths.len() - lengths.len() / PER_STALL);
    match sorted[..] {
        [shortest, .., longest] => longest.saturating_sub(shortest),
        _ => Duration::ZERO,
    }
}

/// From the first wait to the usual one of the later half.
fn growth(waits: &[Duration]) -> Duration {
    let (Some(first), mut later) = (waits.first(), waits[waits.len() / 2..].to_vec()) else {
        return Duration::ZERO;
    };
    later.sort();
    let usual = later[later.len() / 2];
    usual.saturating_sub(*first)
}

/// It retries no earlier than `Retry-After` says.
#[must_use]
pub(crate) fn obey(seen: &Seen) -> Judgement {
    let mut retries = seen.retries();
    retries.retain(|retry| retry.first.outcome.retry_after.is_some());
    let Some(told) = retries.iter().find_map(|it| it.first.outcome.retry_after) else {
        return Judgement::not_applicable("nothing was tried again");
    };
    let ignored = findings(seen, verify::Rule::RetryAfterIgnored);
    let evidence = match ignored.first() {
        None => format!(
            "told to wait {told:?}, waits of {}",
            listed(&waits(&retries))
        ),
        Some(first) => format!("{} of {} times: {first}", ignored.len(), retries.len()),
    };
    Judgement::of(ignored.is_empty(), evidence)
}

/// It gives a server that has failed a second.
#[must_use]
pub(crate) fn a_second(seen: &Seen) -> Judgement {
    let is_of_server = |retry: &Retry| status(retry.first).is_some_and(|status| status >= 500);
    let mut retries = seen.retries();
    retries.retain(is_of_server);
    let waits = waits(&retries);
    let Some(shortest) = waits.iter().min() else {
        return Judgement::not_applicable("nothing was tried again");
    };
    let told = format!("waits of {}", listed(&waits));
    Judgement::of(*shortest + EARLY >= A_SECOND, told)
}

fn waits(retries: &[Retry]) -> Vec<Duration> {
    retries.iter().map(|retry| retry.wait).collect()
}

/// At most the first eight.
fn listed(waits: &[Duration]) -> String {
    const MOST: usize = 8;
    let shown = waits.iter().take(MOST);
    let shown: Vec<String> = shown
        .map(|wait| format!("{:.2}", wait.as_secs_f64()))
        .collect();
    let more = match waits.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{} s{more}", shown.join(", "))
}

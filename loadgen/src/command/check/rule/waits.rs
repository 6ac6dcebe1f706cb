//! Rules about the time between a failure and the next attempt.

use std::time::Duration;

use imds_emulator::verify;

use super::Judgement;
use super::requests::findings;
use crate::command::check::seen::{Retry, Seen, status};

/// A client that is back so soon has not waited: a round of the scheduler and of loopback takes less (assumed).
const AT_ONCE: Duration = Duration::from_millis(50);
/// Waits as like as that are one wait: a timer's and the machine's own spread is less (assumed).
const ALIKE: f64 = 1.05;
/// So many waits show whether they grow.
const ENOUGH: usize = 3;
/// Documented: how soon a server's error may be tried again.
const A_SECOND: Duration = Duration::from_secs(1);
/// Timers may be that much early.
const EARLY: Duration = Duration::from_millis(20);

/// Its waits grow, or differ by chance; none is nothing.
#[must_use]
pub(crate) fn back_off(seen: &Seen) -> Judgement {
    let waits = waits(&seen.retries());
    let (Some(shortest), Some(longest)) = (waits.iter().min(), waits.iter().max()) else {
        return Judgement::not_applicable("nothing was tried again");
    };
    let told = format!("waits of {}", listed(&waits));
    if *shortest < AT_ONCE {
        return Judgement::of(false, format!("{told}: back at once"));
    }
    if waits.len() >= ENOUGH && longest.as_secs_f64() < shortest.as_secs_f64() * ALIKE {
        return Judgement::of(false, format!("{told}: always the same"));
    }
    Judgement::of(true, told)
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

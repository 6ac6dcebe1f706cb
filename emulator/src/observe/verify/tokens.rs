//! Did a client request a token although it held a valid one?

use std::time::Duration;

use super::client::successions;
use super::finding::{Finding, Rule};
use crate::observe::journal::Entry;

/// Clients may refresh a token that is nearly over (they do five minutes before, as a rule), or past
/// half its time (MSAL does for long-lived ones).
const REFRESH_BEFORE: Duration = Duration::from_mins(5);

pub(super) fn asked_again(requests: &[&Entry]) -> Vec<Finding> {
    let pairs = successions(requests).into_iter();
    pairs
        .filter_map(|(first, second)| needless(first, second))
        .collect()
}

fn needless(first: &Entry, second: &Entry) -> Option<Finding> {
    let life = first.outcome.token_expires_in?;
    let age = second.at.checked_sub(first.outcome.ended_at?)?;
    let left = life.saturating_sub(age);
    let on_purpose = second.parameter("bypass_cache").is_some();
    (left > REFRESH_BEFORE && age < life / 2 && !on_purpose).then(|| Finding {
        rule: Rule::ValidTokenAskedAgain,
        message: format!("asked again {age:.1?} after a token that was good for {life:.0?} more"),
        requests: vec![first.seq, second.seq],
    })
}

//! Was Retry-After obeyed?

use super::client::successions;
use super::finding::{Finding, Rule};
use crate::observe::journal::Entry;

/// The time counts from the answer's departure, which is before its client could have read it: a client
/// that retries earlier has not waited.
pub(super) fn ignored(requests: &[&Entry]) -> Vec<Finding> {
    let pairs = successions(requests).into_iter();
    pairs
        .filter_map(|(first, second)| too_early(first, second))
        .collect()
}

fn too_early(first: &Entry, second: &Entry) -> Option<Finding> {
    let wait = first.outcome.retry_after?;
    let answered = first.outcome.ended_at?;
    let waited = second.at.saturating_sub(answered);
    (waited < wait).then(|| Finding {
        rule: Rule::RetryAfterIgnored,
        message: format!("told to wait {wait:?}, came back after {waited:.1?}"),
        requests: vec![first.seq, second.seq],
    })
}

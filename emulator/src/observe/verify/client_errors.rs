//! Were faulty requests sent again?

use std::time::Duration;

use super::client::successions;
use super::finding::{Finding, Rule};
use crate::observe::journal::Entry;

/// The same request after this long is another run of the client (assumed).
const RETRY_WITHIN: Duration = Duration::from_mins(1);

/// The documents ask to retry 404, 410, 429 and 5xx, and no other error of the client's.
pub(super) fn retried(requests: &[&Entry]) -> Vec<Finding> {
    let pairs = successions(requests).into_iter();
    pairs
        .filter_map(|(first, second)| useless(first, second))
        .collect()
}

fn useless(first: &Entry, second: &Entry) -> Option<Finding> {
    let status = first.outcome.status?;
    let is_final = (400..500).contains(&status) && ![404, 408, 410, 429].contains(&status);
    let soon = second.at.saturating_sub(first.at) <= RETRY_WITHIN;
    (is_final && soon).then(|| Finding {
        rule: Rule::ClientErrorRetried,
        message: format!("answered with {status}, and sent again unchanged"),
        requests: vec![first.seq, second.seq],
    })
}

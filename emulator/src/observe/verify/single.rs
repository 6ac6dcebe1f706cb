//! Requests that are alone on their connections: of one client that opens a connection for each, or of many.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::client::{Client, Clients, successions};
use super::waves::{Retry, was_turned_away};
use crate::observe::journal::Entry;

/// Those of each `User-Agent` and `x-client-SKU`, in the order of arrival. A rule that is kept by all of them
/// as one client is kept however many clients they are: each rule that looks at one client asks for the time
/// between a request and the next one of its kind, which is the shortest if all are of one client.
pub(super) fn alike<'a>(clients: &Clients<'a>) -> Vec<Vec<&'a Entry>> {
    let alone = clients
        .iter()
        .filter_map(|(client, own)| match (client, own.as_slice()) {
            (Client::Connection(_), [entry]) => Some(*entry),
            _ => None,
        });
    let mut alone: Vec<&Entry> = alone.collect();
    alone.sort_by_key(|entry| entry.seq);
    let mut alike: BTreeMap<_, Vec<&Entry>> = BTreeMap::new();
    for entry in alone {
        let agent = (&entry.user_agent, &entry.client_sku);
        alike.entry(agent).or_default().push(entry);
    }
    alike
        .into_values()
        .filter(|requests| requests.len() > 1)
        .collect()
}

/// The retries of clients that are known.
pub(super) fn retries_of_clients<'a>(clients: &Clients<'a>) -> Vec<Retry<'a>> {
    let pairs = clients.values().flat_map(|requests| successions(requests));
    pairs.filter(|(first, _)| was_turned_away(first)).collect()
}

/// The retries if each request that was turned away was retried by the next one of its kind that no earlier
/// one claims, and that came more than `width` after its answer: a wave does not retry itself.
pub(super) fn retries<'a>(requests: &[&'a Entry], width: Duration) -> Vec<Retry<'a>> {
    let mut turned_away: BTreeMap<_, VecDeque<&Entry>> = BTreeMap::new();
    let mut retries = Vec::new();
    for &entry in requests {
        let kind = (&entry.method, &entry.path, &entry.query);
        let earlier = turned_away.entry(kind).or_default();
        let is_over = |first: &mut &Entry| {
            first
                .outcome
                .ended_at
                .is_some_and(|end| end + width < entry.at)
        };
        if let Some(first) = earlier.pop_front_if(is_over) {
            retries.push((first, entry));
        }
        if was_turned_away(entry) {
            earlier.push_back(entry);
        }
    }
    retries
}

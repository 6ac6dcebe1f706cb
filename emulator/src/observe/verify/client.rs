//! The clients of a journal, and the requests of each.

use std::collections::BTreeMap;

use crate::observe::journal::Entry;

/// The sender of a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Client<'a> {
    Session(&'a str),
    Connection(u64),
}

impl Client<'_> {
    pub(super) fn of(entry: &Entry) -> Client<'_> {
        let session = entry.session.as_deref().map(Client::Session);
        session.unwrap_or(Client::Connection(entry.connection))
    }
}

/// Each client's requests, in the order of arrival.
pub(super) type Clients<'a> = BTreeMap<Client<'a>, Vec<&'a Entry>>;

pub(super) fn by_client<'a>(journal: &[&'a Entry]) -> Clients<'a> {
    let mut clients = Clients::new();
    for &entry in journal {
        clients.entry(Client::of(entry)).or_default().push(entry);
    }
    clients
}

/// Each request of one client with the next one of the same kind, which may have been a retry; in the
/// order of the latter. It looks at each request once, however many kinds there are.
pub(super) fn successions<'a>(requests: &[&'a Entry]) -> Vec<(&'a Entry, &'a Entry)> {
    let mut latest = BTreeMap::new();
    let pair = |&second: &&'a Entry| {
        let kind = (&second.method, &second.path, &second.query);
        let first = latest.insert(kind, second)?;
        Some((first, second))
    };
    requests.iter().filter_map(pair).collect()
}

//! The tokens in memory, by request. Their number is bounded: the least recently used is evicted first.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::flight_end::FlightReceiver;
use crate::wire::{TokenQuery, TokenRequest};

/// The most tokens that are kept, besides those being asked for. (Ours: a VM has few identities, and
/// each is used with few resources.)
pub const MAX_KEYS: usize = 256;

/// The state of each token.
#[derive(Debug)]
pub(super) struct Lru<R = TokenRequest> {
    items: BTreeMap<R, Item>,
    /// Counts uses, to find the least recent.
    uses: u64,
}

/// A token, and the flight for its successor if one is in progress.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) entry: Entry,
    pub(super) flight: Option<FlightReceiver>,
    used: u64,
}

impl<R> Default for Lru<R> {
    fn default() -> Self {
        Self {
            items: BTreeMap::new(),
            uses: 0,
        }
    }
}

impl<R: TokenQuery> Lru<R> {
    /// The state of one token. A new one may evict the one that was used least recently.
    pub(super) fn item(&mut self, request: &R) -> &mut Item {
        if !self.items.contains_key(request) {
            self.evict();
        }
        self.uses += 1;
        let item = self.items.entry(request.clone()).or_default();
        item.used = self.uses;
        item
    }

    /// The state of a token that there is one of. Unlike [`Lru::item`] it takes no other's place.
    pub(super) fn known(&mut self, request: &R) -> Option<&mut Item> {
        let item = self.items.get_mut(request)?;
        self.uses += 1;
        item.used = self.uses;
        Some(item)
    }

    /// A token with a flight in progress is not evicted.
    fn evict(&mut self) {
        if self.items.len() < MAX_KEYS {
            return;
        }
        let idle = self.items.iter().filter(|(_, item)| item.flight.is_none());
        let least = idle.min_by_key(|(_, item)| item.used);
        if let Some(request) = least.map(|(request, _)| request.clone()) {
            self.items.remove(&request);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Identity;

    fn request(number: usize) -> TokenRequest {
        TokenRequest {
            identity: Identity::SystemAssigned,
            resource: number.to_string(),
        }
    }

    #[test]
    fn evicts_the_token_that_was_used_least_recently() {
        let mut lru = <Lru>::default();
        for number in 0..MAX_KEYS {
            lru.item(&request(number));
        }
        lru.item(&request(0));
        lru.item(&request(MAX_KEYS));
        assert_eq!(lru.items.len(), MAX_KEYS);
        assert!(lru.items.contains_key(&request(0)));
        assert!(!lru.items.contains_key(&request(1)));
    }

    #[test]
    fn a_look_at_what_there_is_evicts_nothing() {
        let mut lru = <Lru>::default();
        for number in 0..MAX_KEYS {
            lru.item(&request(number));
        }
        assert!(lru.known(&request(MAX_KEYS)).is_none());
        assert!(lru.known(&request(0)).is_some());
        lru.item(&request(MAX_KEYS + 1));
        assert!(lru.items.contains_key(&request(0)));
        assert!(!lru.items.contains_key(&request(1)));
    }

    #[test]
    fn evicts_no_token_that_is_being_asked_for() {
        let mut lru = <Lru>::default();
        let (_sender, receiver) = tokio::sync::watch::channel(None);
        for number in 0..MAX_KEYS {
            lru.item(&request(number)).flight = Some(receiver.clone());
        }
        lru.item(&request(MAX_KEYS));
        assert_eq!(lru.items.len(), MAX_KEYS + 1);
    }
}

//! The tokens that are kept, of which there are only so many.

use std::collections::BTreeMap;

use super::entry::Entry;
use super::flight_end::FlightReceiver;
use crate::wire::TokenRequest;

/// So many tokens are kept at most, besides those being asked for. (Ours: a VM has few identities,
/// and each is used with few resources.)
pub const MAX_KEYS: usize = 256;

/// A place for each token.
#[derive(Debug, Default)]
pub(super) struct Lru {
    items: BTreeMap<TokenRequest, Item>,
    /// Counts uses, so that the least recent is known.
    uses: u64,
}

/// A token, and the flight that will bring the next if one is under way.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) entry: Entry,
    pub(super) flight: Option<FlightReceiver>,
    used: u64,
}

impl Lru {
    /// The place of one token; a new one may push out the one that was used least recently.
    pub(super) fn item(&mut self, request: &TokenRequest) -> &mut Item {
        if !self.items.contains_key(request) {
            self.make_room();
        }
        self.uses += 1;
        let item = self.items.entry(request.clone()).or_default();
        item.used = self.uses;
        item
    }

    /// Nobody is pushed out whose flight is under way.
    fn make_room(&mut self) {
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
    fn pushes_out_what_was_used_least_recently() {
        let mut lru = Lru::default();
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
    fn pushes_nobody_out_who_is_being_asked_for() {
        let mut lru = Lru::default();
        let (_sender, receiver) = tokio::sync::watch::channel(None);
        for number in 0..MAX_KEYS {
            lru.item(&request(number)).flight = Some(receiver.clone());
        }
        lru.item(&request(MAX_KEYS));
        assert_eq!(lru.items.len(), MAX_KEYS + 1);
    }
}

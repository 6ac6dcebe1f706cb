//! The tokens that are kept, of which there are only so many.

use std::collections::BTreeMap;

use super::Landing;
use super::entry::Entry;
use crate::wire::TokenRequest;

/// So many tokens are kept at most, besides those being asked for. (Ours: a VM has few identities,
/// and each is used with few resources.)
pub const MAX_KEYS: usize = 256;

/// A place for each token.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    slots: BTreeMap<TokenRequest, Slot>,
    /// Counts uses, so that the least recent is known.
    uses: u64,
}

/// A token, and the flight that will bring the next if one is under way.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) entry: Entry,
    pub(super) flight: Option<Landing>,
    used: u64,
}

impl Shelf {
    /// The place of one token; a new one may push out the one that was used least recently.
    pub(super) fn slot(&mut self, request: &TokenRequest) -> &mut Slot {
        if !self.slots.contains_key(request) {
            self.make_room();
        }
        self.uses += 1;
        let slot = self.slots.entry(request.clone()).or_default();
        slot.used = self.uses;
        slot
    }

    /// Nobody is pushed out whose flight is under way.
    fn make_room(&mut self) {
        if self.slots.len() < MAX_KEYS {
            return;
        }
        let idle = self.slots.iter().filter(|(_, slot)| slot.flight.is_none());
        let least = idle.min_by_key(|(_, slot)| slot.used);
        if let Some(request) = least.map(|(request, _)| request.clone()) {
            self.slots.remove(&request);
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
        let mut shelf = Shelf::default();
        for number in 0..MAX_KEYS {
            shelf.slot(&request(number));
        }
        shelf.slot(&request(0));
        shelf.slot(&request(MAX_KEYS));
        assert_eq!(shelf.slots.len(), MAX_KEYS);
        assert!(shelf.slots.contains_key(&request(0)));
        assert!(!shelf.slots.contains_key(&request(1)));
    }

    #[test]
    fn pushes_nobody_out_who_is_being_asked_for() {
        let mut shelf = Shelf::default();
        let (_waiters, landing) = tokio::sync::watch::channel(None);
        for number in 0..MAX_KEYS {
            shelf.slot(&request(number)).flight = Some(landing.clone());
        }
        shelf.slot(&request(MAX_KEYS));
        assert_eq!(shelf.slots.len(), MAX_KEYS + 1);
    }
}

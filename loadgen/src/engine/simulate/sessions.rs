//! The sessions that are alive in virtual time.

use super::session::Session;
use super::slab::Slab;

/// The sessions that are alive, side by side.
pub(super) struct Sessions<'s> {
    /// Where each session is, by its number; [`NOWHERE`] if it is not alive.
    places: Vec<u32>,
    alive: Slab<Session<'s>>,
}

/// A scenario has fewer sessions than that.
const NOWHERE: u32 = u32::MAX;

/// Room is made at once for so many; for more it grows, since they may not all be alive at once.
const AT_ONCE: usize = 4096;

impl<'s> Sessions<'s> {
    /// None of so many is alive yet.
    pub(super) fn new(sessions: usize) -> Self {
        Self {
            places: Vec::with_capacity(sessions),
            alive: Slab::with_capacity(sessions.min(AT_ONCE)),
        }
    }

    #[inline]
    pub(super) fn add(&mut self, session: Session<'s>) {
        let number = session.id.session as usize;
        if number >= self.places.len() {
            self.places.resize(number + 1, NOWHERE);
        }
        self.places[number] = self.alive.put(session);
    }

    /// The session of this number, if it is alive.
    pub(super) fn get(&self, number: u32) -> Option<&Session<'s>> {
        self.alive.get(*self.places.get(number as usize)?)
    }

    /// The same to be changed.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Session<'s>> {
        self.alive.get_mut(*self.places.get(number as usize)?)
    }

    /// A session has ended.
    pub(super) fn remove(&mut self, number: u32) {
        let place = std::mem::replace(&mut self.places[number as usize], NOWHERE);
        self.alive.remove(place);
    }

    /// All of them in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session<'s>> {
        let places = self.places.iter();
        places.filter_map(|place| self.alive.get(*place))
    }
}

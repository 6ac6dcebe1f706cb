//! The sessions that are alive in virtual time.

use super::session::Session;

/// The sessions that are alive, side by side; the memory of those that have ended is used again.
#[derive(Default)]
pub(super) struct Sessions<'s> {
    /// Where each session is, by its number; [`NOWHERE`] if it is not alive.
    places: Vec<u32>,
    alive: Vec<Option<Session<'s>>>,
    free: Vec<u32>,
}

/// A scenario has fewer sessions than that.
const NOWHERE: u32 = u32::MAX;

impl<'s> Sessions<'s> {
    /// None is alive yet, and there is room for so many.
    pub(super) fn with_capacity(sessions: usize) -> Self {
        Self {
            places: Vec::with_capacity(sessions),
            alive: Vec::with_capacity(sessions),
            free: vec![],
        }
    }

    pub(super) fn add(&mut self, session: Session<'s>) {
        let number = session.id.session as usize;
        if number >= self.places.len() {
            self.places.resize(number + 1, NOWHERE);
        }
        self.places[number] = if let Some(place) = self.free.pop() {
            self.alive[place as usize] = Some(session);
            place
        } else {
            self.alive.push(Some(session));
            u32::try_from(self.alive.len() - 1).unwrap_or(NOWHERE)
        };
    }

    /// The session of this number, if it is alive.
    pub(super) fn get(&self, number: u32) -> Option<&Session<'s>> {
        let place = *self.places.get(number as usize)?;
        self.alive.get(place as usize)?.as_ref()
    }

    /// The same to be changed.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Session<'s>> {
        let place = *self.places.get(number as usize)?;
        self.alive.get_mut(place as usize)?.as_mut()
    }

    /// A session has ended.
    pub(super) fn remove(&mut self, number: u32) {
        let place = std::mem::replace(&mut self.places[number as usize], NOWHERE);
        self.alive[place as usize] = None;
        self.free.push(place);
    }

    /// All of them in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Session<'s>> {
        let places = self.places.iter();
        places.filter_map(|place| self.alive.get(*place as usize)?.as_ref())
    }
}

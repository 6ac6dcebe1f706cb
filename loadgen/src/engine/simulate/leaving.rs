//! Sessions that leave: when their script ends, or when nobody is left to be in the way of.

use std::time::Duration;

use super::agenda::Class;
use super::event::Event;
use super::world::World;
use crate::record::Who;
use crate::session::outcome::Ending;

impl World<'_> {
    /// A session has ended; its user may have another one.
    pub(super) fn end(&mut self, who: Who, ending: &Ending, now: Duration) {
        self.record.session_ended(who, ending, now);
        if let Some(next) = self.successions.after(who, now) {
            self.agenda.put(next.at, Class::Arrival, Event::Start(next));
        } else if !self.scenario.groups[who.group].background {
            self.awaited -= 1;
        }
    }

    /// Those in the background go when nobody is left whose way they could be in.
    pub(super) fn end_background(&mut self) {
        for session in self.sessions.values() {
            if self.scenario.groups[session.who.group].background {
                let ending = session.progress.so_far();
                self.record.session_ended(session.who, &ending, self.now);
            }
        }
    }
}

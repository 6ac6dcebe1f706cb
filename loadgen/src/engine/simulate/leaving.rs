//! How sessions end: with their script, or, those in the background, with the last of the others.

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

    /// Ends the sessions in the background when all others have ended.
    pub(super) fn end_background(&mut self) {
        for session in self.sessions.values() {
            if self.scenario.groups[session.who.group].background {
                let ending = session.progress.so_far();
                self.record.session_ended(session.who, &ending, self.now);
            }
        }
    }
}

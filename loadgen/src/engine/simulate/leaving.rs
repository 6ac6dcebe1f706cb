//! How sessions end: with their script, or, those in the background, with the last of the others.

use std::time::Duration;

use super::event::Parcel;
use super::simulation::{Simulation, World};
use crate::record::SessionId;
use crate::record::recorder::Recorder;
use crate::session::outcome::Ending;

impl<R: Recorder> World<'_, R> {
    /// Ends a session; the next one of the same user is scheduled, if there is one.
    pub(super) fn end(&mut self, id: SessionId, ending: &Ending, start: Duration, now: Duration) {
        self.record.ended(id, ending, start, now);
        self.leave_line(id, now);
        if let Some(next) = self.successions.after(id, now) {
            self.put_parcel(next.at, Parcel::Start(next));
        } else if !self.scenario.groups[id.group].background {
            self.awaited -= 1;
        }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// Ends the sessions in the background when all others have ended. The broker's operations are no sessions.
    pub(super) fn end_background(&mut self) {
        let sessions = self.sessions.iter();
        for session in sessions.filter(|session| !session.is_brokers()) {
            let world = &mut self.world;
            if world.scenario.groups[session.id.group].background {
                let ending = session.so_far();
                world
                    .record
                    .ended(session.id, &ending, session.start, world.now);
            }
        }
    }
}

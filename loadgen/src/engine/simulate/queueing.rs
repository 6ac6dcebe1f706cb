//! Sessions at gates in virtual time: they wait in a queue until they may start.

use std::time::Duration;

use super::event::Parcel;
use super::failure::SimulateError;
use super::line::InLine;
use super::lines::Lines;
use super::simulation::{Simulation, World};
use crate::record::SessionId;
use crate::record::recorder::Recorder;
use crate::session::question::Suspended;

impl<R: Recorder> World<'_, R> {
    /// A session leaves its queue, if it is in one, and others there look again.
    pub(super) fn leave_line(&mut self, id: SessionId, now: Duration) {
        let Some(member) = self.lines.members.remove(&id.session) else {
            return;
        };
        for (session, at) in self.lines.queues[member.line].leave(member.ticket, now) {
            self.put_parcel(at, Parcel::Looks(session));
        }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// A session in a queue looks whether it may start.
    pub(super) fn look(&mut self, number: u32, now: Duration) -> Result<(), SimulateError> {
        let world = &mut self.world;
        let Lines {
            queues, members, ..
        } = &mut world.lines;
        let Some(member) = members.get_mut(&number) else {
            return Ok(());
        };
        match queues[member.line].look(member.ticket, now) {
            InLine::Sleeps => Ok(()),
            InLine::Looks(at) => {
                world.put_parcel(at, Parcel::Looks(number));
                Ok(())
            }
            InLine::Starts => {
                let script = member.script.take();
                let (id, since) = (member.id, member.since);
                world.record.admitted(id, now, now.saturating_sub(since));
                world.successions.put_off(now);
                self.begin_behind_gate(id, now, script)
            }
        }
    }

    /// A session has come through its gate. It keeps its place while it runs, unless the gate only spaces starts.
    fn begin_behind_gate(
        &mut self,
        id: SessionId,
        now: Duration,
        script: Option<Suspended<()>>,
    ) -> Result<(), SimulateError> {
        let gate = self.world.lines.gates[id.group];
        if gate.is_some_and(|(gate, _)| gate.at_once.is_none()) {
            self.world.leave_line(id, now);
        }
        self.begin(id.session, now, script)
    }
}

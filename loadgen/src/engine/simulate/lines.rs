//! Gates in virtual time: sessions wait in a queue until they may start.

use std::collections::BTreeMap;
use std::time::Duration;

use super::event::Parcel;
use super::failure::SimulateError;
use super::line::{InLine, Line, Ticket};
use super::simulation::{Simulation, World};
use crate::record::SessionId;
use crate::record::recorder::Recorder;
use crate::scenario::definition::{Group, Scenario};
use crate::scenario::through::{Gate, Through};
use crate::session::question::Suspended;

/// The queues of a scenario's gates, and the sessions in them.
pub(super) struct Lines<'s> {
    queues: Vec<Line<'s>>,
    /// Of each group its gate, and which queue is before that.
    gates: Vec<Option<(&'s Gate, usize)>>,
    members: BTreeMap<u32, Member>,
}

/// A session in a queue.
struct Member {
    id: SessionId,
    line: usize,
    ticket: Ticket,
    since: Duration,
    /// Its script, if that is not plain and has not begun.
    script: Option<Suspended<()>>,
}

impl<'s> Lines<'s> {
    /// Gates of one name have one queue.
    pub(super) fn new(scenario: &'s Scenario) -> Self {
        let mut names = BTreeMap::new();
        let mut gate = |group: &'s Group| match &group.through {
            Some(Through::Gate(gate)) => {
                let next = names.len();
                Some((gate, *names.entry(&*gate.name).or_insert(next)))
            }
            Some(Through::Broker(_)) | None => None,
        };
        let gates = scenario.groups.iter().map(&mut gate).collect();
        Self {
            queues: names.iter().map(|_| Line::default()).collect(),
            gates,
            members: BTreeMap::new(),
        }
    }

    /// A session joins the queue of its group's gate; its script, if there is no gate.
    pub(super) fn join(
        &mut self,
        id: SessionId,
        now: Duration,
        script: Option<Suspended<()>>,
    ) -> Result<(), Option<Suspended<()>>> {
        let Some((gate, line)) = self.gates[id.group] else {
            return Err(script);
        };
        let ticket = self.queues[line].join(id.session, gate);
        let member = Member {
            id,
            line,
            ticket,
            since: now,
            script,
        };
        self.members.insert(id.session, member);
        Ok(())
    }
}

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
                let (id, waited) = (member.id, now.saturating_sub(member.since));
                world.record.admitted(id, waited);
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

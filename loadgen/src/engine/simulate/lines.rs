//! The gates of a scenario in virtual time, and the sessions in their queues.

use std::collections::BTreeMap;
use std::time::Duration;

use super::line::Line;
use super::positions::Ticket;
use crate::record::SessionId;
use crate::scenario::definition::{Group, Scenario};
use crate::scenario::through::Gate;
use crate::session::question::Suspended;

/// The queues of a scenario's gates, and the sessions in them.
pub(super) struct Lines<'s> {
    pub(super) queues: Vec<Line<'s>>,
    /// Of each group its gate, and which queue is before that.
    pub(super) gates: Vec<Option<(&'s Gate, usize)>>,
    pub(super) members: BTreeMap<u32, Member>,
}

/// A session in a queue.
pub(super) struct Member {
    pub(super) id: SessionId,
    pub(super) line: usize,
    pub(super) ticket: Ticket,
    pub(super) since: Duration,
    /// Its script, if that is not plain and has not begun.
    pub(super) script: Option<Suspended<()>>,
}

impl<'s> Lines<'s> {
    /// Gates of one name have one queue.
    pub(super) fn new(scenario: &'s Scenario) -> Self {
        let mut names = BTreeMap::new();
        let mut gate = |group: &'s Group| {
            let gate = group.through.as_ref()?.gate()?;
            let next = names.len();
            Some((gate, *names.entry(&*gate.name).or_insert(next)))
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

//! The session that starts when a session of a closed group has ended.

use std::time::Duration;

use crate::engine::schedule::Start;
use crate::record::SessionId;
use crate::scenario::arrival::Closed;
use crate::scenario::definition::Scenario;

/// The sessions that closed groups are still to begin. A session's number tells in which order they
/// began, so that its random streams do not depend on its user.
#[derive(Clone, Debug)]
pub(crate) struct Successions {
    groups: Vec<Option<Succession>>,
}

#[derive(Clone, Copy, Debug)]
struct Succession {
    closed: Closed,
    /// The number of the group's first session.
    first: u32,
    begun: u32,
}

impl Successions {
    /// The successions of a run with these first sessions.
    #[must_use]
    pub(crate) fn new(scenario: &Scenario, starts: &[Start]) -> Self {
        let mut first = 0;
        let groups = scenario.groups.iter().enumerate().map(|(number, group)| {
            let begun = starts.iter().filter(|start| start.group == number);
            let succession = group.arrival.closed().map(|closed| Succession {
                closed: *closed,
                first,
                begun: u32::try_from(begun.count()).unwrap_or(u32::MAX),
            });
            first += group.count;
            succession
        });
        Self {
            groups: groups.collect(),
        }
    }

    /// The next session of the same user after `id` ended at `ended`; none if it was the last one.
    pub(crate) fn after(&mut self, id: SessionId, ended: Duration) -> Option<Start> {
        let succession = self.groups[id.group].as_mut()?;
        let at = succession.closed.after(ended, succession.begun)?;
        let session = succession.first + succession.begun;
        succession.begun += 1;
        Some(Start {
            session,
            group: id.group,
            at,
            earliest: succession.closed.at.0,
            startup: Duration::ZERO,
        })
    }
}

//! The session that starts when a session of a closed group has ended, and the end of a run, which each puts off.

use std::time::Duration;

use crate::engine::schedule::{self, Start};
use crate::record::SessionId;
use crate::scenario::arrival::Closed;
use crate::scenario::definition::Scenario;

/// The sessions that closed groups are still to begin. A session's number tells in which order they
/// began, so that its random streams do not depend on its user.
#[derive(Clone, Debug)]
pub(crate) struct Successions {
    groups: Vec<Option<Succession>>,
    end: Duration,
    /// Whether the scenario says when the run ends.
    end_is_set: bool,
    /// How long after its last start a run ends otherwise.
    after_last_start: Duration,
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
            end: schedule::end(scenario, starts),
            end_is_set: scenario.max_duration.is_some(),
            after_last_start: scenario.after_last_start(),
        }
    }

    /// When the run is ended at the latest. Each session that a user begins, or that comes through a gate, puts the end
    /// off, unless the scenario says when that is: when the last one begins is not known before.
    #[must_use]
    pub(crate) fn end(&self) -> Duration {
        self.end
    }

    /// A session begins then, which was not known before.
    pub(crate) fn put_off(&mut self, began: Duration) {
        if !self.end_is_set {
            let end = began.saturating_add(self.after_last_start);
            self.end = self.end.max(end);
        }
    }

    /// The next session of the same user after `id` ended at `ended`; none if it was the last one.
    pub(crate) fn after(&mut self, id: SessionId, ended: Duration) -> Option<Start> {
        let succession = self.groups[id.group].as_mut()?;
        let at = succession.closed.after(ended, succession.begun)?;
        let session = succession.first + succession.begun;
        succession.begun += 1;
        let earliest = succession.closed.at.0;
        self.put_off(at);
        Some(Start {
            session,
            group: id.group,
            at,
            earliest,
            startup: Duration::ZERO,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::schedule::schedule;
    use crate::engine::streams::Streams;

    /// The ends before and after one user's first session, which ended after nine minutes.
    fn ends(max_duration: &str) -> [Duration; 2] {
        let text = format!(
            r#"
            schema = 1
            name = "closed"
            {max_duration}
            [[sessions]]
            name = "all"
            arrival = {{ closed = {{ users = 1, iterations = 2, pause = "5m" }} }}
            client = "azure-cli"
            script = [{{ connect = {{}} }}]
            "#
        );
        let scenario = Scenario::from_toml("any.toml", &text, |_| |_: &str| Ok(()));
        let scenario = scenario.expect("a valid scenario");
        let starts = schedule(&scenario, &Streams::new(1));
        let mut successions = Successions::new(&scenario, &starts);
        let before = successions.end();
        let next = successions.after(starts[0].id(), Duration::from_mins(9));
        assert_eq!(next.expect("a second one").at, Duration::from_mins(14));
        [before, successions.end()]
    }

    #[test]
    fn a_run_ends_ten_minutes_after_the_last_session_began_unless_its_end_is_set() {
        assert_eq!(ends(""), [10, 24].map(Duration::from_mins));
        assert_eq!(
            ends("max_duration = '20m'"),
            [20, 20].map(Duration::from_mins)
        );
    }
}

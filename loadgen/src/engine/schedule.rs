//! When each session of a run is to start, and the order of sessions that start at one instant.

use std::time::Duration;

use rand::seq::SliceRandom;

use crate::engine::streams::Streams;
use crate::record::SessionId;
use crate::scenario::definition::Scenario;

/// One session that is to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The session's number, counted through the groups in the scenario's order.
    pub session: u32,
    pub group: usize,
    /// When it is to start, since the run's start.
    pub at: Duration,
    /// The earliest that it could have started, whatever came before it: `at`, but for the later sessions
    /// of a closed group, whose start depends on the sessions before them.
    pub earliest: Duration,
    /// How long it takes to start.
    pub startup: Duration,
}

impl Start {
    /// The session that starts.
    #[must_use]
    pub(crate) fn id(&self) -> SessionId {
        SessionId {
            session: self.session,
            group: self.group,
        }
    }
}

/// When a run with these starts is ended at the latest.
#[must_use]
pub(crate) fn end(scenario: &Scenario, starts: &[Start]) -> Duration {
    let last = starts.last().map(|start| start.at);
    let closed = scenario
        .groups
        .iter()
        .filter_map(|group| group.arrival.closed()?.until());
    scenario.end(closed.chain(last).max().unwrap_or_default())
}

/// The sessions of a run in the order in which they start; of closed groups the first of each user.
/// Sessions that start at one instant are in random order, since no group of a real herd is always the first.
#[must_use]
pub(crate) fn schedule(scenario: &Scenario, streams: &Streams) -> Vec<Start> {
    let mut starts = Vec::new();
    let mut first = 0;
    for (number, group) in scenario.groups.iter().enumerate() {
        let mut rng = streams.arrivals(number);
        let times = group.arrival.starts(group.count, &mut rng);
        let startups = group.startup.as_ref();
        let startups = startups.map(|startup| startup.delays(&times));
        let mut startups = startups.into_iter().flatten();
        starts.extend((first..).zip(times).map(|(session, at)| Start {
            session,
            group: number,
            at,
            earliest: at,
            startup: startups.next().unwrap_or_default(),
        }));
        first += group.count;
    }
    starts.shuffle(&mut streams.ties());
    starts.sort_by_key(|start| start.at);
    starts
}

//! The minutes of a schedule, by what is planned in them and by what one simulation of all of them comes to.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::simulate;
use crate::record::traces::{SessionOutcome, SessionTrace};
use crate::scenario::definition::Scenario;

/// A minute.
pub(super) const MINUTE: Duration = Duration::from_mins(1);

/// What is in a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Sessions that start in it, their random delays included.
    pub(super) starts: u64,
    /// Of those, how many fail.
    pub(super) failed: u64,
    /// The longest time to a token of those that got one; none: none did.
    pub(super) longest_ms: Option<f64>,
}

/// Minutes by their number, from the beginning of the scenario.
pub(super) struct Minutes(BTreeMap<u64, Figures>);

impl Minutes {
    /// Those of a simulation of the scenario.
    ///
    /// # Errors
    /// If it cannot be simulated.
    pub(super) fn of(scenario: &Scenario) -> Result<Self, SimulateError> {
        let mut minutes: BTreeMap<u64, Figures> = BTreeMap::new();
        // All sessions keep their story: it says when each started, and what came of it.
        let mut scenario = scenario.clone();
        scenario.traces = scenario.sessions();
        for session in simulate(&scenario)?.record.traces.into_kept() {
            let start = Duration::from_secs_f64(session.intended_start_ms / 1000.0);
            minutes.entry(number(start)).or_default().count(&session);
        }
        Ok(Self(minutes))
    }

    pub(super) fn failed(&self) -> u64 {
        self.0.values().map(|figures| figures.failed).sum()
    }

    /// The minute in which most of those start that fail; of equal ones that in which most start, the earliest.
    pub(super) fn worst(&self) -> (u64, Figures) {
        self.greatest(|figures| (figures.failed, figures.starts))
    }

    pub(super) fn most_starts(&self) -> (u64, Figures) {
        self.greatest(|figures| (figures.starts, 0))
    }

    /// The minute in which the session starts that waits longest for its token; none: no session gets one.
    pub(super) fn longest_wait(&self) -> Option<(u64, Figures)> {
        let waited = |figures: &Figures| figures.longest_ms.unwrap_or_default();
        let minutes = self.0.iter().rev();
        let some = minutes.filter(|(_, figures)| figures.longest_ms.is_some());
        let longest = some.max_by(|a, b| waited(a.1).total_cmp(&waited(b.1)))?;
        Some((*longest.0, *longest.1))
    }

    fn greatest(&self, by: impl Fn(&Figures) -> (u64, u64)) -> (u64, Figures) {
        let minutes = self.0.iter().rev();
        let greatest = minutes.max_by_key(|(_, figures)| by(figures));
        let (minute, figures) = greatest.expect("something starts in the schedule");
        (*minute, *figures)
    }
}

impl Figures {
    fn count(&mut self, session: &SessionTrace) {
        self.starts += 1;
        if session.outcome != SessionOutcome::Succeeded {
            self.failed += 1;
            return;
        }
        let took_ms = session
            .ended_ms
            .map(|ended| ended - session.intended_start_ms);
        self.longest_ms = match (self.longest_ms, took_ms) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
    }
}

/// The number of the minute that a start is in.
pub(super) fn number(start: Duration) -> u64 {
    start.as_secs() / 60
}

/// When it begins.
pub(super) fn begin(minute: u64) -> Duration {
    Duration::from_secs(minute * 60)
}

//! The counts of one group of sessions.

use std::collections::BTreeMap;
use std::time::Duration;

use super::attempt::{Answer, Attempt, Refusals};
use super::distribution::Distribution;
use super::processor::ProcessorUse;
use super::spent::Spent;
use crate::scenario::definition::Group;

/// What decides where a group is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GroupKind {
    /// Whether its sessions are only in the others' way: what is counted of whole runs is of the
    /// others, requests excepted.
    pub background: bool,
    /// Whether its sessions ask a broker for their tokens, and not IMDS.
    pub asks_broker: bool,
}

impl From<&Group> for GroupKind {
    fn from(group: &Group) -> Self {
        Self {
            background: group.background,
            asks_broker: group.broker().is_some(),
        }
    }
}

/// The counts of one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupRecord {
    pub kind: GroupKind,
    /// Sessions whose every step succeeded.
    pub succeeded: u64,
    /// Sessions that failed, by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
    /// Sessions that have started.
    pub started: u64,
    /// Sessions that wait at a gate.
    pub(super) waiting: u64,
    /// Sessions that are in the midst of a connect.
    pub(super) connecting: u64,
    pub attempts: u64,
    pub granted: u64,
    pub refused: Refusals,
    /// What the sessions' time went into.
    pub spent: Spent,
    pub processor: ProcessorUse,
    /// How long each session has waited at its gate; never where the run ended before it came through.
    pub at_gate: Distribution,
    /// From the intended start of each connect to its token; never where it failed.
    pub time_to_token: Distribution,
    /// When the first session, and the last one, ended of those whose every step succeeded.
    pub first_done: Option<Duration>,
    pub last_done: Option<Duration>,
    /// When the group's last token came.
    pub last_token: Option<Duration>,
    /// The first intended start of the group's sessions.
    pub first_start: Option<Duration>,
}

impl GroupRecord {
    #[must_use]
    pub(crate) fn failed(&self) -> u64 {
        self.by_failure.values().sum()
    }

    /// How many sessions the group had, where so many were planned; those that never started are among
    /// them.
    #[must_use]
    pub(crate) fn size(&self, planned: Option<u32>) -> u64 {
        planned.map_or(self.started, u64::from)
    }

    /// A session's every step has succeeded.
    pub(super) fn succeeded(&mut self, at: Duration) {
        self.succeeded += 1;
        earliest(&mut self.first_done, at);
        latest(&mut self.last_done, at);
    }

    pub(super) fn count(&mut self, attempt: &Attempt) {
        self.spent.attempt(attempt);
        match attempt.answer {
            Answer::Granted => self.granted += 1,
            Answer::Refused(limiter) => self.refused.count(limiter),
            Answer::Status(_) | Answer::None(_) => {}
        }
    }
}

pub(super) fn earliest(slot: &mut Option<Duration>, at: Duration) {
    *slot = Some(slot.map_or(at, |earlier| earlier.min(at)));
}

pub(super) fn latest(slot: &mut Option<Duration>, at: Duration) {
    *slot = Some(slot.map_or(at, |later| later.max(at)));
}

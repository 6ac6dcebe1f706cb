//! What is timed of a run, and the limit of its time.

use std::time::Duration;

use crate::record::sample::{GroupSample, Sample};
use crate::scenario::definition::{Group, Scenario};

/// What is timed, from its intended start: sessions to their successful end, or tokens to their arrival.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timed {
    pub(in crate::command::plan) what: What,
    /// Of this group; none: of all that are not in the background.
    pub(in crate::command::plan) group: Option<String>,
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Sessions,
    Tokens,
}

/// A limit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Within {
    pub(in crate::command::plan) length: Duration,
    /// Whether the length itself is in time.
    pub(in crate::command::plan) inclusive: bool,
}

impl Timed {
    /// How many sessions the groups that are meant have, or may have at most.
    pub(super) fn sessions(&self, scenario: &Scenario) -> u32 {
        let meant = |group: &&Group| match &self.group {
            Some(name) => group.name == *name,
            None => !group.background,
        };
        let groups = scenario.groups.iter().filter(meant);
        groups.map(|group| group.count).sum()
    }

    /// The groups that are meant.
    pub(super) fn groups<'s>(
        &'s self,
        scenario: &'s Scenario,
        sample: &'s Sample,
    ) -> impl Iterator<Item = &'s GroupSample> {
        let meant = move |name: &str, background: bool| match &self.group {
            Some(group) => group == name,
            None => !background,
        };
        let groups = scenario.groups.iter().zip(&sample.groups);
        groups
            .filter(move |(group, _)| meant(&group.name, group.background))
            .map(|(_, sample)| sample)
    }

    /// The times of those that came to a good end.
    pub(super) fn times<'s>(&self, group: &'s GroupSample) -> &'s [Duration] {
        match self.what {
            What::Sessions => &group.session_times,
            What::Tokens => &group.times_to_token,
        }
    }

    /// How many there were in all.
    pub(super) fn count(&self, group: &GroupSample) -> u64 {
        match self.what {
            What::Sessions => group.total,
            What::Tokens => group.times_to_token.len() as u64 + group.tokens_never,
        }
    }
}

impl Within {
    pub(super) fn holds(self, time: Duration) -> bool {
        time < self.length || self.inclusive && time == self.length
    }
}

//! What is sought: of what, on which scale of whole steps, and how a scenario is changed to a step of it.

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;

use crate::record::distribution::ms;
use crate::result::plan::Sought;
use crate::scenario::arrival::{Arrival, Every};
use crate::scenario::definition::{Group, Scenario};

/// A question: what is sought, of which groups.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) sought: Sought,
    /// What one step is, where steps are lengths of time.
    pub(super) step: Duration,
    /// The numbers of the groups that are changed.
    pub(super) groups: Vec<usize>,
}

/// Starts a second go up in steps of a tenth.
const STEPS_PER_START: f64 = 10.0;

impl Question {
    /// Whether it is the most that is sought, and not the least.
    pub(super) fn is_most(&self) -> bool {
        self.sought.is_most()
    }

    /// What a step stands for.
    pub(super) fn value(&self, steps: u32) -> f64 {
        match self.sought {
            Sought::Sessions => steps.into(),
            Sought::SpreadMs | Sought::IntervalMs => ms(self.step.saturating_mul(steps)),
            Sought::StartsPerSecond => f64::from(steps) / STEPS_PER_START,
        }
    }

    /// The scenario with so much of what is sought.
    pub(super) fn changed(&self, scenario: &Scenario, steps: u32) -> Scenario {
        let mut changed = scenario.clone();
        match self.sought {
            Sought::Sessions => self.resize(&mut changed, steps),
            Sought::SpreadMs => self.spread(&mut changed, self.step.saturating_mul(steps)),
            Sought::IntervalMs => self.space(&mut changed, self.step.saturating_mul(steps)),
            Sought::StartsPerSecond => {
                let interval = Duration::from_secs_f64(STEPS_PER_START / f64::from(steps.max(1)));
                self.space(&mut changed, interval);
            }
        }
        changed
    }

    /// The same with starts that are each late by a uniformly random part of `jitter`.
    pub(super) fn late(&self, scenario: &mut Scenario, jitter: Duration) {
        for number in &self.groups {
            if let Arrival::Every(every) = &mut scenario.groups[*number].arrival {
                every.jitter = FriendlyDuration(jitter);
            }
        }
    }

    /// Each group gets its part of all sessions, at least one.
    fn resize(&self, scenario: &mut Scenario, sessions: u32) {
        let all: u64 = self.of(scenario).map(|group| u64::from(group.count)).sum();
        for number in &self.groups {
            let group = &mut scenario.groups[*number];
            let part = (u64::from(group.count) * u64::from(sessions) + all / 2) / all.max(1);
            group.count = u32::try_from(part).unwrap_or(u32::MAX).max(1);
        }
    }

    fn spread(&self, scenario: &mut Scenario, spread: Duration) {
        for number in &self.groups {
            if let Arrival::Herd(herd) = &mut scenario.groups[*number].arrival {
                herd.spread = FriendlyDuration(spread);
            }
        }
    }

    /// The sessions start one after the other, group by group, from the first group's start on.
    fn space(&self, scenario: &mut Scenario, interval: Duration) {
        let starts = self
            .of(scenario)
            .filter_map(|group| group.arrival.first_start());
        let mut at = starts.min().unwrap_or_default();
        for number in &self.groups {
            let group = &mut scenario.groups[*number];
            group.arrival = Arrival::Every(Every {
                at: FriendlyDuration(at),
                interval: FriendlyDuration(interval),
                jitter: FriendlyDuration::default(),
            });
            at = at.saturating_add(interval.saturating_mul(group.count));
        }
    }

    fn of<'s>(&'s self, scenario: &'s Scenario) -> impl Iterator<Item = &'s Group> {
        self.groups.iter().map(|number| &scenario.groups[*number])
    }
}

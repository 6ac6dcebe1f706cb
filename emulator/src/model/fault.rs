//! Faults: a plan of what goes wrong, for which requests and when.
//!
//! A fault is injected, a failure is observed. Nothing here waits or breaks anything: [`Faults`] is a pure
//! value that returns an [`Effect`] for each request. The driver of the VM applies it, over sockets or in
//! virtual time.

mod answer;
mod definition;
mod effect;
mod matching;
mod preset;
mod report;
mod when;

use std::time::Duration;

use rand::Rng;

use crate::model::identity::Identity;

pub use answer::{Comeback, FaultAnswer};
pub use definition::Fault;
pub use effect::{Drip, Effect, Later, Stage};
pub(crate) use matching::is_called;
pub use matching::{Facts, Match};
pub use preset::Preset;
pub use report::FaultReport;
pub use when::When;

/// The faults of one VM, and how often each has struck.
#[derive(Debug, Default)]
pub struct Faults {
    planned: Vec<Planned>,
}

#[derive(Debug)]
struct Planned {
    fault: Fault,
    /// When it was injected: its times count from here.
    since: Duration,
    /// Requests that it is for, so far.
    seen: u64,
    /// Requests that it has struck.
    struck: u64,
}

impl Faults {
    /// Faults whose times count from the run's start.
    #[must_use]
    pub fn new(faults: &[Fault]) -> Faults {
        let mut plan = Faults::default();
        for fault in faults {
            plan.inject(Duration::ZERO, fault.clone());
        }
        plan
    }

    /// Adds a fault behind the others. Its times and counts begin now.
    pub fn inject(&mut self, now: Duration, fault: Fault) {
        self.planned.push(Planned {
            fault,
            since: now,
            seen: 0,
            struck: 0,
        });
    }

    /// Removes all faults.
    pub fn clear(&mut self) {
        self.planned.clear();
    }

    /// Removes the faults of that name; returns their effects.
    pub fn remove(&mut self, name: &str) -> Vec<Effect> {
        let removed = self
            .planned
            .extract_if(.., |planned| planned.fault.name == name);
        removed.map(|planned| planned.fault.effect).collect()
    }

    /// The number of planned faults, with those that are used up.
    #[must_use]
    pub fn len(&self) -> usize {
        self.planned.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.planned.is_empty()
    }

    /// The effect on a request at this stage: that of the first fault in the plan that strikes. `identity`
    /// is the one that the request selects, if it exists.
    ///
    /// Only a fault with a probability draws from `rng`, and only when its other conditions hold.
    pub fn meet(
        &mut self,
        now: Duration,
        stage: Stage,
        facts: &Facts<'_>,
        identity: Option<&Identity>,
        rng: &mut dyn Rng,
    ) -> Option<Effect> {
        let mut struck = None;
        for planned in &mut self.planned {
            let concerned = planned.fault.effect.stage() == stage
                && planned.fault.matching.fits(facts, identity);
            if concerned {
                planned.seen += 1;
            }
            if concerned && struck.is_none() && planned.strikes(now, rng) {
                planned.struck += 1;
                struck = Some(planned.fault.effect.clone());
            }
        }
        struck
    }

    /// The counts of each fault so far, in the plan's order.
    #[must_use]
    pub fn report(&self) -> Vec<FaultReport> {
        self.planned.iter().map(Planned::report).collect()
    }
}

impl Planned {
    fn strikes(&self, now: Duration, rng: &mut dyn Rng) -> bool {
        let age = now.saturating_sub(self.since);
        self.fault.when.strikes(age, self.seen, self.struck, rng)
    }

    fn report(&self) -> FaultReport {
        let from = self.since + self.fault.when.from;
        FaultReport {
            name: self.fault.name.clone(),
            from,
            until: self.fault.when.lasts.map(|lasts| from + lasts),
            effect: self.fault.effect.to_string(),
            seen: self.seen,
            struck: self.struck,
            used_up: self.fault.when.is_used_up(self.seen, self.struck),
        }
    }
}

#[cfg(test)]
mod tests;

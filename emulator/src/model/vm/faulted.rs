//! Where a VM's requests meet its faults.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::Vm;
use super::verdict::Admission;
use crate::model::fault::{Effect, Facts, Faults, Stage};
use crate::model::limit::Category;

impl Vm {
    /// The fault that a request meets before anything is checked, guard and limits included: a service that
    /// is down does not read headers (assumed; `after_header` of a fault has it otherwise). Such a request must not arrive.
    ///
    /// `rng` is the stream of faults, which is not that of service times.
    pub fn intercept(
        &mut self,
        now: Duration,
        facts: &Facts<'_>,
        rng: &mut dyn Rng,
    ) -> Option<Effect> {
        let effect = self.meet(now, Stage::Arrival, facts, rng)?;
        self.tally.of(Category::of_path(facts.path)).faulted += 1;
        Some(effect)
    }

    /// The fault that an admitted request meets. One that slows it down has already lengthened the
    /// service time when this returns; any other is done to its answer.
    pub fn afflict(
        &mut self,
        now: Duration,
        facts: &Facts<'_>,
        admission: &mut Admission,
        rng: &mut dyn Rng,
    ) -> Option<Effect> {
        let effect = self.meet(now, Stage::Service, facts, rng)?;
        if let Effect::Latency(extra) = &effect {
            admission.service_time += extra.draw(rng);
            admission.ticket.service_time = admission.service_time;
        }
        Some(effect)
    }

    /// The faults, to report on them.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The faults, to inject more or to clear them.
    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    fn meet(
        &mut self,
        now: Duration,
        stage: Stage,
        facts: &Facts<'_>,
        rng: &mut dyn Rng,
    ) -> Option<Effect> {
        if self.faults.is_empty() {
            return None;
        }
        let asked_for = facts
            .identity
            .map(|selector| self.identities.select(selector));
        let identity = asked_for.and_then(Result::ok).map(Arc::as_ref);
        self.faults.meet(now, stage, facts, identity, rng)
    }
}

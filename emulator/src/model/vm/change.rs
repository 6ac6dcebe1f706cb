//! A VM that is changed while it runs.

use std::time::Duration;

use super::Vm;
use super::parameters::Parameters;
use crate::model::fault::{Fault, Faults};
use crate::model::limit::{Category, Limits};

impl Vm {
    /// Changes the limits. Slots in use, waiting requests and promised turns stay as they are;
    /// a rate that changes counts what the old one counted as if it had come now. There may be slots
    /// now for waiting requests: see [`Vm::call`].
    pub fn set_limits(&mut self, now: Duration, limits: &Limits) {
        for category in [Category::Identity, Category::Other] {
            let gate = self.gate(category);
            gate.set(now, limits.of(category), limits);
        }
        self.abandoned = limits.abandoned;
    }

    /// Replaces the parameters, except those of scheduled events.
    pub(crate) fn take(&mut self, now: Duration, parameters: &Parameters<'_>) {
        self.set_limits(now, parameters.limits);
        self.identities = parameters.identities.clone();
        self.unknown_resources = parameters.unknown_resources.to_vec();
        self.latency = parameters.latency;
        self.begin_faults(now, parameters.faults);
        self.warm.set_lifetime(parameters.token_lifetime);
    }

    /// Resets the VM; returns the number of the era that begins.
    pub(crate) fn begin_era(&mut self, now: Duration, parameters: &Parameters<'_>) -> u64 {
        let era = self.era + 1;
        let past = std::mem::replace(self, Vm::of(parameters));
        self.era = era;
        self.begin_faults(now, parameters.faults);
        self.past = past.is_serving().then(|| Box::new(past));
        era
    }

    fn begin_faults(&mut self, now: Duration, faults: &[Fault]) {
        self.faults = Faults::new(&[]);
        for fault in faults {
            self.faults.inject(now, fault.clone());
        }
    }

    /// How often it was reset.
    pub(crate) fn era(&self) -> u64 {
        self.era
    }

    /// Drops the past once no request of it is being served.
    pub(super) fn forget_past(&mut self) {
        if self.past.as_ref().is_some_and(|past| !past.is_serving()) {
            self.past = None;
        }
    }

    fn is_serving(&self) -> bool {
        let in_use = self.identity_gate.in_use() + self.other_gate.in_use();
        in_use + self.unlimited > 0 || self.past.as_ref().is_some_and(|past| past.is_serving())
    }
}

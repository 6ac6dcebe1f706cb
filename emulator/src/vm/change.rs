//! A VM that is changed while it runs.

use std::time::Duration;

use super::{Ticket, Vm};
use crate::config::Config;
use crate::fault::Faults;
use crate::limit::{Category, Limits};

impl Vm {
    /// Changes the limits. Slots in use, those who wait and turns that were promised stay as they are;
    /// a rate that changes counts what the old one counted as if it had come now. There may be slots
    /// now for those who wait: see [`Vm::call`].
    pub fn set_limits(&mut self, now: Duration, limits: &Limits) {
        for category in [Category::Identity, Category::Other] {
            let gate = self.gate(category);
            gate.set(now, limits.of(category), limits);
        }
        self.abandoned = limits.abandoned;
    }

    /// Makes another configuration hold from now on, its limits as by [`Vm::set_limits`]. Tokens
    /// that are held stay so, and so do scheduled events; faults begin anew, their times from now.
    pub fn reconfigure(&mut self, now: Duration, config: &Config) {
        self.set_limits(now, &config.limits);
        self.identities = config.identities.clone();
        self.unknown_resources
            .clone_from(&config.tokens.unknown_resources);
        self.latency = config.latency;
        self.begin_faults(now, config);
        self.warm.set_lifetime(config.tokens.lifetime);
    }

    /// Makes it a VM that was never asked anything, and says which era begins. Who is being served
    /// departs as if nothing had happened, but counts no more: neither its slot nor its token is the
    /// new VM's. Faults begin anew, their times from now; scheduled events count from the run's start.
    pub fn reset(&mut self, now: Duration, config: &Config) -> u64 {
        let era = self.era + 1;
        let past = std::mem::replace(self, Vm::new(config));
        self.era = era;
        self.begin_faults(now, config);
        self.past = past.is_serving().then(|| Box::new(past));
        era
    }

    fn begin_faults(&mut self, now: Duration, config: &Config) {
        self.faults = Faults::new(&[]);
        for fault in &config.faults {
            self.faults.inject(now, fault.clone());
        }
    }

    /// How often it was reset.
    pub(crate) fn era(&self) -> u64 {
        self.era
    }

    /// A past that serves nobody any more is over.
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

impl Ticket {
    /// Whether it was given out before that era of its VM.
    pub(crate) fn is_before(&self, era: u64) -> bool {
        self.era < era
    }
}

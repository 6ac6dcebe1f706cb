//! A VM that is changed while it runs.

use std::time::Duration;

use super::{Ticket, Vm};
use crate::config::Config;
use crate::limit::{Gate, Limits};

impl Vm {
    /// Makes other limits hold from now on. Who is being served keeps its slot; what was charged so
    /// far is forgotten.
    pub fn set_limits(&mut self, _now: Duration, limits: &Limits) {
        let (identity, other) = (self.identity_gate.in_use(), self.other_gate.in_use());
        self.identity_gate = Gate::holding(identity, &limits.identity, limits);
        self.other_gate = Gate::holding(other, &limits.other, limits);
    }

    /// Makes another configuration hold from now on, its limits as by [`Vm::set_limits`]. Tokens
    /// that are held stay so.
    pub fn reconfigure(&mut self, now: Duration, config: &Config) {
        self.set_limits(now, &config.limits);
        self.identities = config.identities.clone();
        self.latency = config.latency;
        self.warm.set_lifetime(config.tokens.lifetime);
    }

    /// Makes it a VM that was never asked anything, and says which era begins. Who is being served
    /// departs as if nothing had happened, but counts no more: neither its slot nor its token is the
    /// new VM's.
    pub fn reset(&mut self, config: &Config) -> u64 {
        let era = self.era + 1;
        let past = std::mem::replace(self, Vm::new(config));
        self.era = era;
        self.past = past.is_serving().then(|| Box::new(past));
        era
    }

    fn is_serving(&self) -> bool {
        let in_use = self.identity_gate.in_use() + self.other_gate.in_use();
        in_use > 0 || self.past.as_ref().is_some_and(|past| past.is_serving())
    }
}

impl Ticket {
    /// Whether it was given out before that era of its VM.
    pub(crate) fn is_before(&self, era: u64) -> bool {
        self.era < era
    }
}

//! Values of the model, made of settings.

use std::time::Duration;

use super::settings::Config;
use crate::model::resource_manager::{Estate, ResourceManager};
use crate::model::vm::Vm;
use crate::model::vm::parameters::Parameters;

impl Vm {
    /// A VM that was never asked anything.
    #[must_use]
    pub fn new(config: &Config) -> Vm {
        Vm::of(&config.parameters())
    }

    /// Makes another configuration hold from now on, its limits as by [`Vm::set_limits`]. Tokens
    /// that are held stay so, and so do scheduled events; faults begin anew, their times from now.
    pub fn reconfigure(&mut self, now: Duration, config: &Config) {
        self.take(now, &config.parameters());
    }

    /// Makes it a VM that was never asked anything; the number of the era that begins. A request that
    /// is being served departs as if nothing had happened, but counts no more: neither its slot nor its
    /// token is the new VM's. Faults begin anew, their times from now; scheduled events count from the
    /// run's start.
    pub fn reset(&mut self, now: Duration, config: &Config) -> u64 {
        self.begin_era(now, &config.parameters())
    }
}

impl ResourceManager {
    /// One that was never asked anything.
    #[must_use]
    pub fn new(config: &Config) -> ResourceManager {
        let settings = &config.resource_manager;
        let subscriptions = settings.subscriptions.clone();
        let estate = Estate::new(config.tenant_id.clone(), subscriptions, settings.page);
        ResourceManager::of(estate, settings.limit, settings.latency)
    }
}

impl Config {
    fn parameters(&self) -> Parameters<'_> {
        Parameters {
            limits: &self.limits,
            latency: self.latency,
            identities: &self.identities,
            unknown_resources: &self.tokens.unknown_resources,
            token_lifetime: self.tokens.lifetime,
            faults: &self.faults,
            scheduled_events: self.scheduled_events,
            events: &self.events,
        }
    }
}

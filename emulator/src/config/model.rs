//! Values of the model, made of settings.

use std::time::Duration;

use super::resource_manager::ResourceManagerSettings;
use super::settings::VmSettings;
use crate::model::resource_manager::{CustomAnswers, Estate, ResourceManager};
use crate::model::vm::Vm;
use crate::model::vm::parameters::Parameters;

impl Vm {
    /// A VM without requests so far.
    #[must_use]
    pub fn new(settings: &VmSettings) -> Vm {
        Vm::of(&settings.parameters())
    }

    /// Replaces the settings, the limits as by [`Vm::set_limits`]. Tokens that are held stay so, and so do
    /// scheduled events; faults begin anew, their times from now.
    pub fn reconfigure(&mut self, now: Duration, settings: &VmSettings) {
        self.take(now, &settings.parameters());
    }

    /// Resets the VM; returns the number of the era that begins. A request that is being served departs as
    /// before, but is not counted: neither its slot nor its token is the new VM's. Faults begin anew, their
    /// times from now; scheduled events count from the run's start.
    pub fn reset(&mut self, now: Duration, settings: &VmSettings) -> u64 {
        self.begin_era(now, &settings.parameters())
    }
}

impl ResourceManager {
    /// A stub without requests so far, of the tenant with that GUID.
    #[must_use]
    pub fn new(tenant_id: &str, settings: &ResourceManagerSettings) -> ResourceManager {
        let subscriptions = settings.subscriptions.clone();
        let locations = settings.locations.clone();
        let estate = Estate::new(
            tenant_id.to_owned(),
            subscriptions,
            locations,
            settings.page,
        );
        let mut manager = ResourceManager::of(estate, settings.limit, settings.latency);
        *manager.answers_mut() = CustomAnswers::new(&settings.answers);
        manager
    }
}

impl VmSettings {
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

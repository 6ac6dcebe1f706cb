//! One VM of an embedded emulator.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::model::fault::{Fault, FaultReport};
use crate::model::limit::Limits;
use crate::model::tally::Tally;
use crate::observe::journal::{Entry, Filter, har};
use crate::observe::verify::Report;
use crate::serve::fleet::Fleet;
use crate::serve::service::Service;

/// One VM of an emulator, with limits, faults and a journal of its own. It outlives neither the emulator
/// nor its removal: its methods then return the last state.
#[derive(Clone)]
pub struct EmulatedVm {
    fleet: Arc<Fleet>,
    pub(super) service: Arc<Service>,
}

impl EmulatedVm {
    pub(super) fn new(fleet: &Arc<Fleet>, service: Arc<Service>) -> EmulatedVm {
        EmulatedVm {
            fleet: Arc::clone(fleet),
            service,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.service.name()
    }

    /// `http://address:port` of its IMDS port, without a slash at the end.
    #[must_use]
    pub fn imds_url(&self) -> String {
        format!("http://{}", self.service.addresses().imds)
    }

    /// The time since 1970 by its clock, as its journal has it.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.service.epoch() + self.service.now()
    }

    /// What it has done so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.service.vm().tally().clone()
    }

    /// Changes the limits from now on. Slots in use and waiting requests stay as they are.
    pub fn set_limits(&self, limits: &Limits) {
        self.service.set_limits(limits.clone());
    }

    /// Adds a fault, whose times begin now.
    pub fn inject(&self, fault: Fault) {
        self.service.inject(fault);
    }

    /// Which faults have struck, and which never did.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultReport> {
        self.service.vm().faults().report()
    }

    /// The latest requests, oldest first; it never holds a token.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        let entries = self.service.observer().entries(Filter::ALL).into_iter();
        entries.map(Arc::unwrap_or_clone).collect()
    }

    /// How many requests came before those and are kept no more.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.service.observer().journal().forgotten()
    }

    /// The same as an HTTP archive (HAR 1.2).
    #[must_use]
    pub fn archive(&self) -> String {
        har::archive(
            &self.service.observer().entries(Filter::ALL),
            &self.imds_url(),
        )
    }

    /// The verification of the clients, as far as the journal goes.
    #[must_use]
    pub fn verify(&self) -> Report {
        self.service.observer().verify()
    }

    /// Resets it; requests that are being served are answered at once. With the first VM the stub of
    /// Resource Manager is reset, too.
    pub fn reset(&self) {
        self.fleet.reset(&self.service);
    }
}

impl fmt::Debug for EmulatedVm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("EmulatedVm");
        shown.field("name", &self.name());
        shown.field("imds_url", &self.imds_url());
        shown.finish()
    }
}

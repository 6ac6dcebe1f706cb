//! What the administration port may do to a running service.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLockWriteGuard};

use super::Service;
use crate::config::VmSettings;
use crate::model::fault::{Effect, Fault};
use crate::model::limit::Limits;
use crate::observe::journal::Forgotten;

impl Service {
    /// Resets it; requests being served are answered at once, requests that wait for a slot are refused,
    /// and requests that hang because of a fault are aborted. Only the numbers of requests and connections
    /// go on, and the counters of the metrics.
    pub(crate) fn reset(&self) {
        let config = self.config();
        let mut vm = self.vm();
        self.waiters().dismiss_all(&mut vm);
        let era = vm.reset(self.now(), &config);
        self.requests.store(0, Ordering::Relaxed);
        let forgotten = self.forget();
        self.era.send_replace(era);
        self.release_hung();
        drop(vm);
        drop(forgotten);
    }

    /// Empties the journal. The caller drops its content, without a lock.
    pub(crate) fn forget(&self) -> Forgotten {
        self.observer.journal().clear()
    }

    /// Adds a fault whose times begin now.
    pub(crate) fn inject(&self, fault: Fault) {
        self.at_present(|now, vm| vm.faults_mut().inject(now, fault));
    }

    /// Adds faults whose times begin now, all of them or none: there may be `most` at once. Whether
    /// they were added.
    pub(crate) fn inject_within(&self, most: usize, faults: Vec<Fault>) -> bool {
        self.at_present(|now, vm| {
            let planned = vm.faults_mut();
            let fit = planned.len() + faults.len() <= most;
            if fit {
                for fault in faults {
                    planned.inject(now, fault);
                }
            }
            fit
        })
    }

    /// Removes all faults. Requests that hang because of one are aborted.
    pub(crate) fn clear_faults(&self) {
        self.vm().faults_mut().clear();
        self.release_hung();
    }

    /// Removes the faults of that name; whether there were any. If one makes requests hang, the hanging
    /// ones are aborted.
    pub(crate) fn remove_faults(&self, name: &str) -> bool {
        let removed = self.vm().faults_mut().remove(name);
        if removed.contains(&Effect::Hang) {
            self.release_hung();
        }
        !removed.is_empty()
    }

    /// Ends the requests that hang because of a fault: their connections are closed.
    pub(crate) fn release_hung(&self) {
        self.hung.notify_waiters();
    }

    /// Replaces the limits.
    pub(crate) fn set_limits(&self, limits: Limits) {
        let mut config = self.writable();
        let mut vm = self.vm();
        let now = self.now();
        vm.set_limits(now, &limits);
        self.call_waiters(&mut vm, now);
        drop(vm);
        Arc::make_mut(&mut config).limits = limits;
    }

    /// Replaces the settings.
    pub(crate) fn reconfigure(&self, settings: VmSettings) {
        let settings = Arc::new(settings);
        let mut config = self.writable();
        let mut vm = self.vm();
        let now = self.now();
        vm.reconfigure(now, &settings);
        self.call_waiters(&mut vm, now);
        drop(vm);
        let forgotten = self.observer.journal().resize(settings.journal.entries);
        *config = settings;
        drop(config);
        drop(forgotten);
    }

    fn writable(&self) -> RwLockWriteGuard<'_, Arc<VmSettings>> {
        self.config.write().unwrap_or_else(PoisonError::into_inner)
    }
}

//! A request in the queue, from its place there to its slot.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use rand::rngs::ChaCha8Rng;

use super::Service;
use super::waiters::Waiters;
use crate::model::vm::{Admission, Place, Refusal, Vm, Waiting};

impl Service {
    /// Waits until there is a slot, or the VM is reset.
    ///
    /// # Errors
    /// When the request is refused then.
    pub(super) async fn wait(
        self: &Arc<Self>,
        waiting: Waiting,
        rng: &mut ChaCha8Rng,
    ) -> Result<Admission, Refusal> {
        let held = HeldPlace {
            service: Arc::clone(self),
            place: waiting.place,
            era: waiting.era,
        };
        let mut eras = self.era.subscribe();
        let called = self.waiters().called(waiting.place);
        tokio::select! {
            biased; // A request of a past era must not take the call of the one that has its place now.
            _ = eras.wait_for(|&era| era > waiting.era) => {}
            () = called.notified() => {}
        }
        let mut vm = self.vm();
        if vm.era() > waiting.era {
            drop(vm);
            return Err(Refusal::of_a_reset());
        }
        let call = self.waiters().remove(held.place);
        let call = call.expect("notified with a call");
        let taken_up = vm.take_up(self.now(), waiting, call, rng);
        drop(vm);
        taken_up
    }

    /// Calls the requests for which there is a slot now.
    pub(super) fn call_waiters(&self, vm: &mut Vm, now: Duration) {
        let mut waiters = self.waiters();
        while let Some(call) = vm.call(now) {
            waiters.call(call);
        }
    }

    pub(super) fn waiters(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A held place in the queue. Dropping it frees it, called or not.
struct HeldPlace {
    service: Arc<Service>,
    place: Place,
    era: u64,
}

impl Drop for HeldPlace {
    fn drop(&mut self) {
        let mut vm = self.service.vm();
        if vm.era() > self.era {
            return;
        }
        match self.service.waiters().remove(self.place) {
            Some(call) => vm.dismiss(call),
            None => drop(vm.give_up(self.place)),
        }
        let now = self.service.now();
        self.service.call_waiters(&mut vm, now);
    }
}

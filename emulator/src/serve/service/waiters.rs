//! The requests of one VM that wait for a slot.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::model::vm::{Call, Place, Vm};

/// The requests that wait for a slot, by their place. After a reset it is empty.
#[derive(Debug, Default)]
pub(super) struct Waiters(BTreeMap<Place, Waiter>);

/// One request that waits for a slot.
#[derive(Debug, Default)]
struct Waiter {
    called: Arc<Notify>,
    /// Set before `called` is notified.
    call: Option<Call>,
}

impl Waiters {
    /// What is notified when there is a slot for the request at that place.
    pub(super) fn called(&mut self, place: Place) -> Arc<Notify> {
        Arc::clone(&self.0.entry(place).or_default().called)
    }

    /// Notifies the request that is called.
    pub(super) fn call(&mut self, call: Call) {
        let waiter = self.0.entry(call.place).or_default();
        waiter.called.notify_one();
        waiter.call = Some(call);
    }

    /// Removes the request at that place; its call, if it was called.
    pub(super) fn remove(&mut self, place: Place) -> Option<Call> {
        self.0.remove(&place)?.call
    }

    /// Removes all requests that wait. Calls that were not taken up yet go back, or their slots would be
    /// held for ever.
    pub(super) fn dismiss_all(&mut self, vm: &mut Vm) {
        let waiters = std::mem::take(&mut self.0).into_values();
        for call in waiters.filter_map(|waiter| waiter.call) {
            vm.dismiss(call);
        }
    }
}

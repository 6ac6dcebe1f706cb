//! The requests of one VM that wait for a slot.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::model::vm::{Call, Place, Vm};

/// The waiting requests, each with the bell that is rung for it. After a reset it is empty.
#[derive(Debug, Default)]
pub(super) struct Room(pub(super) BTreeMap<Place, Seat>);

impl Room {
    /// Dismisses all waiting requests. Calls that were not taken up yet go back, or their slots would be held
    /// for ever.
    pub(super) fn dismiss_all(&mut self, vm: &mut Vm) {
        let seats = std::mem::take(&mut self.0).into_values();
        for call in seats.filter_map(|seat| seat.call) {
            vm.dismiss(call);
        }
    }
}

/// A waiting request.
#[derive(Debug, Default)]
pub(super) struct Seat {
    pub(super) bell: Arc<Notify>,
    pub(super) call: Option<Call>,
}

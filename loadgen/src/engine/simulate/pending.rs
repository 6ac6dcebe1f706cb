//! The requests that the VM holds in virtual time.

use std::collections::BTreeMap;

use imds_emulator::fault::Effect;
use imds_emulator::vm::{Place, Ticket, Waiting};

use super::sent::Sent;
use crate::session::chances::Chance;

/// Session and attempt.
pub(super) type Key = (u32, u32);

/// The requests that the VM holds.
#[derive(Debug, Default)]
pub(super) struct PendingRequests {
    pub(super) serving: BTreeMap<Key, (Ticket, Option<Effect>)>,
    pub(super) waiting: BTreeMap<Place, QueuedRequest>,
    /// The place in the queue of each request that waits.
    pub(super) places: BTreeMap<Key, Place>,
    /// Connections made so far.
    pub(super) connections: u64,
}

/// A request that waits for a slot.
#[derive(Debug)]
pub(super) struct QueuedRequest {
    pub(super) waiting: Waiting,
    pub(super) sent: Sent,
    pub(super) fault_rng: Chance,
}

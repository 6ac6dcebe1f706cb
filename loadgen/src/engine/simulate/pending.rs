//! The requests that the VM holds in virtual time.

use std::collections::BTreeMap;

use imds_emulator::fault::Effect;
use imds_emulator::vm::{Place, Ticket, Waiting};

use super::sent::Sent;
use super::slab::Slab;
use crate::session::chances::Chance;

/// Session and attempt.
pub(super) type Key = (u32, u32);

/// The requests that the VM holds.
#[derive(Debug, Default)]
pub(super) struct PendingRequests<'s> {
    /// Those that it serves, each until its service time ends, even if its client has gone away before.
    pub(super) serving: Slab<ServedRequest>,
    pub(super) waiting: BTreeMap<Place, QueuedRequest<'s>>,
    /// The place in the queue of each request that waits.
    pub(super) places: BTreeMap<Key, Place>,
    /// Connections made so far.
    pub(super) connections: u64,
}

/// A request that the VM serves.
#[derive(Debug)]
pub(super) struct ServedRequest {
    pub(super) session: u32,
    pub(super) attempt: u32,
    /// None: its slot was released.
    pub(super) ticket: Option<Ticket>,
    pub(super) effect: Option<Effect>,
}

/// A request that waits for a slot.
#[derive(Debug)]
pub(super) struct QueuedRequest<'s> {
    pub(super) waiting: Waiting,
    pub(super) sent: Sent,
    pub(super) fault_rng: Chance<&'s [u8; 32]>,
}

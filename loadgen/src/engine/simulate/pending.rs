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
pub(super) struct PendingRequests<'s> {
    serving: Vec<Option<ServedRequest>>,
    /// The places in `serving` that are free.
    free: Vec<u32>,
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
    pub(super) ticket: Ticket,
    pub(super) effect: Option<Effect>,
}

/// A request that waits for a slot.
#[derive(Debug)]
pub(super) struct QueuedRequest<'s> {
    pub(super) waiting: Waiting,
    pub(super) sent: Sent,
    pub(super) fault_rng: Chance<&'s [u8; 32]>,
}

impl PendingRequests<'_> {
    /// A request is served from now on; where.
    pub(super) fn serve(&mut self, request: ServedRequest) -> u32 {
        if let Some(place) = self.free.pop() {
            self.serving[place as usize] = Some(request);
            return place;
        }
        self.serving.push(Some(request));
        u32::try_from(self.serving.len() - 1).expect("a run has fewer sessions than that")
    }

    /// The request of this session and attempt, which is served there no more; none if it is not.
    pub(super) fn take(&mut self, place: u32, key: Key) -> Option<ServedRequest> {
        let slot = &mut self.serving[place as usize];
        let request = slot.take_if(|request| (request.session, request.attempt) == key)?;
        self.free.push(place);
        Some(request)
    }
}

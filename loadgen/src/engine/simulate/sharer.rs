//! What a session remembers that gets its tokens as `imds-client token` does, with its shared cache and its pace.

use std::time::Duration;

use imds_client::TurnSearch;
use imds_client::shared::ReadPauses;
use imds_emulator::vm::Grant;

use super::ended::End;
use super::event_queue::EventHandle;
use super::paces::{Paces, TakenTurn};
use crate::scenario::through::ClientOptions;
use crate::session::chances::Chance;

/// The state of such a session, beside that of its operation.
pub(super) struct Sharer<'s> {
    pub(super) options: ClientOptions,
    pub(super) rng: Chance<&'s [u8; 32]>,
    pub(super) role: Role,
    /// When its current operation began, and its number.
    pub(super) began: Duration,
    pub(super) operations: u32,
    pub(super) pauses: ReadPauses,
    /// How the latest attempt of its operation ended.
    pub(super) last: Option<End>,
    /// The event of the next attempt of its refresh.
    pub(super) next_send: Option<EventHandle>,
    pub(super) search: TurnSearch,
    pub(super) turn: Option<TakenTurn>,
    /// Its pace, if it shares none.
    pub(super) own: Paces,
}

/// What a session is among those that want the same token.
pub(super) enum Role {
    /// It asks for itself, or for no token.
    Alone,
    /// It has found a token or a failure.
    Found,
    /// It asks for all.
    Leads,
    /// It asks for all, and has the old token.
    Refreshes(Grant),
}

impl<'s> Sharer<'s> {
    pub(super) fn new(options: ClientOptions, rng: Chance<&'s [u8; 32]>) -> Self {
        Self {
            options,
            rng,
            role: Role::Alone,
            began: Duration::ZERO,
            operations: 0,
            pauses: ReadPauses::default(),
            last: None,
            next_send: None,
            search: TurnSearch::default(),
            turn: None,
            own: Paces::default(),
        }
    }

    /// An operation begins.
    pub(super) fn begin(&mut self, now: Duration) {
        self.role = Role::Alone;
        self.began = now;
        self.operations += 1;
        self.pauses = ReadPauses::default();
        self.last = None;
        self.search = TurnSearch::default();
    }
}

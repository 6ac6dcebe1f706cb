//! The pace of sessions in virtual time, as of `imds-client token --pace`.

use std::time::Duration;

use imds_client::{Pace, Pacer, Turn, TurnSearch};

use crate::record::RequestKind;

/// The pacers of one process, or of all that share them: for tokens, and for other requests.
#[derive(Default)]
pub(super) struct Paces([Pacer; 2]);

/// A turn, until it is given back.
pub(super) struct TakenTurn {
    index: usize,
    number: u64,
}

impl Paces {
    /// The turn of a process that has no other beside it, or else when to ask again.
    pub(super) fn ask(&mut self, kind: RequestKind, now: Duration) -> Result<TakenTurn, Duration> {
        let (index, pace) = pace(kind);
        taken(index, self.0[index].ask(&pace, now))
    }

    /// The turn of a process that shares its pace, or else when to go on with the search.
    pub(super) fn search(
        &mut self,
        search: &mut TurnSearch,
        kind: RequestKind,
        now: Duration,
    ) -> Result<TakenTurn, Duration> {
        let (index, pace) = pace(kind);
        let turn = search.next(&mut self.0[index], &pace.among_processes(), now);
        taken(index, turn)
    }

    pub(super) fn give_back(&mut self, turn: &TakenTurn) {
        self.0[turn.index].done(turn.number);
    }
}

fn taken(index: usize, turn: Turn) -> Result<TakenTurn, Duration> {
    match turn {
        Turn::Go(number) => Ok(TakenTurn { index, number }),
        Turn::Wait(at) => Err(at),
    }
}

fn pace(kind: RequestKind) -> (usize, Pace) {
    match kind {
        RequestKind::Token => (0, Pace::IDENTITY),
        RequestKind::Metadata | RequestKind::ResourceManager => (1, Pace::METADATA),
    }
}

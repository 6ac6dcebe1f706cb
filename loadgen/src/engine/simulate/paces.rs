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

    /// The turn of a process that shares its pace, or else when to go on with the search. The search for the turn after
    /// it begins anew, as in the client.
    pub(super) fn search(
        &mut self,
        search: &mut TurnSearch,
        kind: RequestKind,
        now: Duration,
    ) -> Result<TakenTurn, Duration> {
        let (index, pace) = pace(kind);
        let turn = search.next(&mut self.0[index], &pace.among_processes(), now);
        let taken = taken(index, turn)?;
        *search = TurnSearch::default();
        Ok(taken)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_turn_is_reserved_before_it_is_taken() {
        let (mut paces, mut search) = (Paces::default(), TurnSearch::default());
        for now in [0, 10, 20].map(Duration::from_secs) {
            let mut next = || paces.search(&mut search, RequestKind::Token, now);
            assert_eq!(next().err(), Some(now));
            let turn = next().unwrap_or_else(|at| panic!("not before {at:?}"));
            paces.give_back(&turn);
        }
    }
}

//! What a process does for a token, from what the files contain. It is given the time.

use std::time::Duration;

use super::failure::Failure;
use super::hold::Hold;
use super::lease::Lease;
use super::record::TokenRecord;

/// The contents of the files of one token.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub(super) token: Option<TokenRecord>,
    pub(super) lease: Option<Lease>,
    pub(super) hold: Option<Hold>,
    pub(super) failure: Option<Failure>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// There is a token: use it.
    Use(TokenRecord),
    /// It was refused for good just now: return the failure.
    Fail(Failure),
    /// There is a token, and it is time to ask for the next.
    Refresh(TokenRecord),
    /// Ask.
    Ask,
    /// Another process asks, or IMDS has refused: read again soon.
    Wait,
}

impl Snapshot {
    pub(super) fn decide(self, now: Duration) -> Decision {
        let leased = self.lease.is_some_and(|lease| lease.is_live(now));
        let others = leased || self.hold.is_some_and(|hold| hold.holds(now));
        let failure = self.failure.filter(|failure| failure.is_live(now));
        match (self.token.filter(|token| token.is_usable(now)), failure) {
            (Some(token), _) if others || token.is_fresh(now) => Decision::Use(token),
            (Some(token), _) => Decision::Refresh(token),
            (None, Some(failure)) => Decision::Fail(failure),
            (None, None) if others => Decision::Wait,
            (None, None) => Decision::Ask,
        }
    }
}

#[cfg(test)]
mod tests;

//! What a process does for a token, from what the files contain. It is given the time.
//!
//! It needs no token and no failure, only their lives: a simulator has others than the files do.

use std::time::Duration;

use super::failure_life::FailureLife;
use super::hold::Hold;
use super::lease::Lease;
use super::token_life::TokenLife;

/// What processes share of one token.
#[derive(Debug)]
pub struct Snapshot<T, F> {
    /// The token, if there is one.
    pub token: Option<(TokenLife, T)>,
    /// Which process asks for it, if one does.
    pub lease: Option<Lease>,
    /// Until when none asks, if the service has refused one.
    pub hold: Option<Hold>,
    /// Why there is no token, if that was refused for good.
    pub failure: Option<(FailureLife, F)>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision<T, F> {
    /// There is a token: use it.
    Use(T),
    /// It was refused for good just now: return the failure.
    Fail(F),
    /// There is a token, and it is time to ask for the next.
    Refresh(T),
    /// Ask.
    Ask,
    /// Another process asks, or IMDS has refused: read again soon.
    Wait,
}

impl<T, F> Snapshot<T, F> {
    /// What a process does that sees this at `now`.
    pub fn decide(self, now: Duration) -> Decision<T, F> {
        let leased = self.lease.is_some_and(|lease| lease.is_live(now));
        let others = leased || self.hold.is_some_and(|hold| hold.holds(now));
        let token = self.token.filter(|(life, _)| life.is_usable(now));
        let failure = self.failure.filter(|(life, _)| life.is_live(now));
        match (token, failure) {
            (Some((life, token)), _) if others || life.is_fresh(now) => Decision::Use(token),
            (Some((_, token)), _) => Decision::Refresh(token),
            (None, Some((_, failure))) => Decision::Fail(failure),
            (None, None) if others => Decision::Wait,
            (None, None) => Decision::Ask,
        }
    }
}

impl<T, F> Default for Snapshot<T, F> {
    fn default() -> Self {
        Self {
            token: None,
            lease: None,
            hold: None,
            failure: None,
        }
    }
}

#[cfg(test)]
mod tests;

//! What a process does for a token, given what it has read of the others. It is given the time.

use std::time::Duration;

use super::hold::Hold;
use super::lease::Lease;
use super::record::TokenRecord;

/// What the files say of one token.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) token: Option<TokenRecord>,
    pub(super) lease: Option<Lease>,
    pub(super) hold: Option<Hold>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// There is a token.
    Use(TokenRecord),
    /// There is a token, and it is time to ask for the next.
    Refresh(TokenRecord),
    /// Ask.
    Ask,
    /// Others ask, or nobody may: look again soon.
    Wait,
}

impl Seen {
    pub(super) fn decide(self, now: Duration) -> Decision {
        let leased = self.lease.is_some_and(|lease| lease.is_live(now));
        let others = leased || self.hold.is_some_and(|hold| hold.holds(now));
        match self.token.filter(|token| token.is_usable(now)) {
            Some(token) if others || token.is_fresh(now) => Decision::Use(token),
            Some(token) => Decision::Refresh(token),
            None if others => Decision::Wait,
            None => Decision::Ask,
        }
    }
}

#[cfg(test)]
mod tests;

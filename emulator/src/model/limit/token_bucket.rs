//! A bucket of tokens, refilled evenly.

use std::time::Duration;

/// Counts in drops: a token is as many drops as the window has nanoseconds, so that `requests` drops
/// fall each nanosecond and nothing is ever rounded.
#[derive(Clone, Debug)]
pub(crate) struct TokenBucket {
    requests: u128,
    token: u128,
    capacity: u128,
    level: u128,
    /// When the level was right.
    as_of: Duration,
}

impl TokenBucket {
    pub(crate) fn new(requests: u32, window: Duration, burst: u32) -> TokenBucket {
        let token = window.as_nanos();
        let capacity = u128::from(burst) * token;
        TokenBucket {
            requests: u128::from(requests),
            token,
            capacity,
            level: capacity,
            as_of: Duration::ZERO,
        }
    }

    pub(crate) fn earliest(&self, now: Duration) -> Duration {
        let missing = self.token.saturating_sub(self.level_at(now));
        now + Duration::from_nanos_u128(missing.div_ceil(self.requests))
    }

    pub(crate) fn charge(&mut self, now: Duration) {
        self.level = self.level_at(now).saturating_sub(self.token);
        self.as_of = now;
    }

    pub(crate) fn remaining(&self, now: Duration) -> u32 {
        u32::try_from(self.level_at(now) / self.token).unwrap_or(u32::MAX)
    }

    fn level_at(&self, now: Duration) -> u128 {
        let fallen = now.saturating_sub(self.as_of).as_nanos() * self.requests;
        self.capacity.min(self.level + fallen)
    }
}

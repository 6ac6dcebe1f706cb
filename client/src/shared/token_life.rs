//! The life of a token that processes share.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::milliseconds::milliseconds;
use crate::cache::{Life, refresh_pause};

/// The life of a token, by the clock that its users share, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenLife {
    #[serde(rename = "obtained_ms")]
    obtained: u64,
    #[serde(rename = "refresh_ms")]
    refresh: u64,
    #[serde(rename = "usable_ms")]
    usable: u64,
    #[serde(rename = "expires_ms")]
    expires: u64,
}

impl TokenLife {
    /// Of a token that was obtained at `now`.
    #[must_use]
    pub fn new(life: Life, now: Duration) -> Self {
        Self {
            obtained: milliseconds(now),
            refresh: milliseconds(life.refresh_at),
            usable: milliseconds(life.usable_until),
            expires: milliseconds(life.expires_at),
        }
    }

    /// Whether it can be handed out: it has not expired, and was not obtained in the future.
    pub(super) fn is_usable(&self, now: Duration) -> bool {
        (self.obtained..self.usable.min(self.expires)).contains(&milliseconds(now))
    }

    /// Whether it is too early to ask for the next token.
    pub(super) fn is_fresh(&self, now: Duration) -> bool {
        milliseconds(now) < self.refresh
    }

    /// How long it is valid for.
    pub(super) fn left(&self, now: Duration) -> Duration {
        Duration::from_millis(self.expires).saturating_sub(now)
    }

    /// When it expires, in seconds.
    pub(super) fn expires_on(&self) -> u64 {
        self.expires / 1000
    }

    /// Whether it can be handed out and expires later than the other: then it is kept.
    pub(super) fn outlives(&self, other: &Self, now: Duration) -> bool {
        self.is_usable(now) && self.expires > other.expires
    }

    /// The life of the known token, if it is kept where one of the life `received` came at `now`; none if the other is kept.
    ///
    /// A known token that should have been refreshed already is refreshed when the received one is: the service has no newer
    /// one yet, and a process that asked again at once would receive the same.
    #[must_use]
    pub fn kept_beside(&self, received: &Self, now: Duration) -> Option<Self> {
        let refresh = if self.is_fresh(now) {
            self.refresh
        } else {
            received.refresh
        };
        self.outlives(received, now)
            .then_some(Self { refresh, ..*self })
    }

    /// The same token, when its refresh has failed at `now`.
    #[must_use]
    pub fn refreshed_later(self, now: Duration) -> Self {
        let at = now.saturating_add(refresh_pause(self.left(now)));
        Self {
            refresh: milliseconds(at),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_has_expired_is_not_handed_out_whatever_a_damaged_file_says() {
        let [begun, now, expired, later] = [1000, 1050, 1020, 1100].map(Duration::from_secs);
        let life = |expires_at| Life {
            refresh_at: begun,
            usable_until: later,
            expires_at,
        };
        assert!(TokenLife::new(life(later), begun).is_usable(now));
        assert!(!TokenLife::new(life(expired), begun).is_usable(now));
    }
}

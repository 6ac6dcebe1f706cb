//! Until when no process asks, because IMDS has refused.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::milliseconds::milliseconds;
use crate::cache::pause_after;
use crate::outcome::Outcome;

/// The longest hold, whatever the file contains. (Ours.)
const LONGEST_HOLD: Duration = Duration::from_mins(1);

/// IMDS has refused a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    until_ms: u64,
}

impl Hold {
    /// Of a process that was refused and asks again after this wait, or a minute if that is less.
    #[must_use]
    pub fn before_retry(wait: Duration, now: Duration) -> Self {
        Self::until(now.saturating_add(wait.min(LONGEST_HOLD)))
    }

    /// Of a process that was refused so and gives up.
    #[must_use]
    pub fn after_failure(outcome: &Outcome, now: Duration) -> Self {
        Self::before_retry(pause_after(outcome), now)
    }

    pub(super) fn until(end: Duration) -> Self {
        let until_ms = milliseconds(end);
        Self { until_ms }
    }

    /// Whether it is to be written where this one is known: a longer one of another token stays.
    #[must_use]
    pub fn replaces(&self, known: Option<&Self>, now: Duration) -> bool {
        known.is_none_or(|known| !known.holds(now) || self.until_ms > known.until_ms)
    }

    /// Whether it has not ended; one that lies too far ahead is void.
    pub(super) fn holds(&self, now: Duration) -> bool {
        let now = milliseconds(now);
        now < self.until_ms && self.until_ms <= now.saturating_add(milliseconds(LONGEST_HOLD))
    }
}

//! Until when IMDS has told someone not to ask.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::milliseconds;

/// Nobody is kept from asking for longer than this, whatever the file says. (Ours.)
pub(super) const LONGEST_HOLD: Duration = Duration::from_mins(1);

/// Someone was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hold {
    until_ms: u64,
}

impl Hold {
    /// Nobody asks before `until`.
    pub(super) fn new(until: Duration) -> Self {
        let until_ms = milliseconds(until);
        Self { until_ms }
    }

    /// Whether it holds for longer than the other.
    pub(super) fn outlasts(&self, other: &Self) -> bool {
        self.until_ms > other.until_ms
    }

    /// Whether it still holds; one that lies further ahead than it can is void.
    pub(super) fn holds(&self, now: Duration) -> bool {
        let now = milliseconds(now);
        now < self.until_ms && self.until_ms <= now.saturating_add(milliseconds(LONGEST_HOLD))
    }
}

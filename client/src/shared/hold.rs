//! Until when no process asks, because IMDS has refused.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::milliseconds;

/// The longest hold, whatever the file contains. (Ours.)
pub(super) const LONGEST_HOLD: Duration = Duration::from_mins(1);

/// IMDS has refused a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hold {
    until_ms: u64,
}

impl Hold {
    /// No process asks before `until`.
    pub(super) fn new(until: Duration) -> Self {
        let until_ms = milliseconds(until);
        Self { until_ms }
    }

    /// Whether it ends later than the other.
    pub(super) fn outlasts(&self, other: &Self) -> bool {
        self.until_ms > other.until_ms
    }

    /// Whether it has not ended; one that lies too far ahead is void.
    pub(super) fn holds(&self, now: Duration) -> bool {
        let now = milliseconds(now);
        now < self.until_ms && self.until_ms <= now.saturating_add(milliseconds(LONGEST_HOLD))
    }
}

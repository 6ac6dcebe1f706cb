//! Which process asks for a token, and until when the others wait for it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::milliseconds::milliseconds;

/// A lease ends so long after its holder last renewed it: the longest that a holder which was killed or
/// stopped makes the others wait. (Ours.)
pub const LEASE: Duration = Duration::from_secs(2);

/// How often a holder renews it.
pub(super) const RENEWAL: Duration = Duration::from_millis(500);

/// One process asks, the others wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    holder: u64,
    until_ms: u64,
}

impl Lease {
    /// A lease of this holder from `now` on.
    #[must_use]
    pub fn begin(holder: u64, now: Duration) -> Self {
        let until_ms = milliseconds(now + LEASE);
        Self { holder, until_ms }
    }

    /// Whether it has not ended; one that lies too far ahead is void.
    pub(super) fn is_live(&self, now: Duration) -> bool {
        let now = milliseconds(now);
        now < self.until_ms && self.until_ms <= now.saturating_add(milliseconds(LEASE))
    }

    pub(super) fn is_of(&self, holder: u64) -> bool {
        self.holder == holder
    }
}

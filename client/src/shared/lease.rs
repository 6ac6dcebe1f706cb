//! Who asks for a token, and until when the others leave it to them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::milliseconds;

/// A lease is over so long after its holder last renewed it: the longest that a holder which was
/// killed or stopped can keep the others waiting. (Ours.)
pub const LEASE: Duration = Duration::from_secs(2);

/// How often a holder renews it.
pub(super) const RENEWAL: Duration = Duration::from_millis(500);

/// A process has undertaken to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    holder: u64,
    until_ms: u64,
}

impl Lease {
    /// The holder has it from `now` on.
    pub(super) fn begin(holder: u64, now: Duration) -> Self {
        let until_ms = milliseconds(now + LEASE);
        Self { holder, until_ms }
    }

    /// Whether it still is; one that lies further ahead than it can is void.
    pub(super) fn is_live(&self, now: Duration) -> bool {
        let now = milliseconds(now);
        now < self.until_ms && self.until_ms <= now.saturating_add(milliseconds(LEASE))
    }

    pub(super) fn is_of(&self, holder: u64) -> bool {
        self.holder == holder
    }
}

//! How long a failure is shared.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::milliseconds::milliseconds;
use crate::advice::Advice;
use crate::cache::{LONGEST_PAUSE, pause_after};
use crate::outcome::{GaveUp, Outcome};

/// Until when a failure is the result of every process that wants the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureLife {
    until_ms: u64,
}

impl FailureLife {
    /// Of an operation for a token that ended so at `now`. `None` if another process may succeed: the service was
    /// busy or unreachable, or this operation's time or retries were over.
    #[must_use]
    pub fn after(outcome: &Outcome, gave_up: GaveUp, now: Duration) -> Option<Self> {
        let is_final = Advice::after(outcome, false) == Advice::ChangeRequest;
        if !is_final || gave_up != GaveUp::NotRetryable {
            return None;
        }
        let until_ms = milliseconds(now.saturating_add(pause_after(outcome)));
        Some(Self { until_ms })
    }

    /// Whether it is still shared; one that lies too far ahead is void.
    pub(super) fn is_live(self, now: Duration) -> bool {
        let now = milliseconds(now);
        now < self.until_ms && self.until_ms <= now.saturating_add(milliseconds(LONGEST_PAUSE))
    }
}

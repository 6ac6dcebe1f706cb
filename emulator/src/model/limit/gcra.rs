//! The generic cell rate algorithm: requests evenly spaced, with some leave to run ahead.

use std::time::Duration;

/// Keeps one number, the time at which the next request is due.
///
/// Times are in nanoseconds multiplied by `requests`, so that the spacing (`window / requests`) is
/// the window in nanoseconds and nothing is ever rounded.
#[derive(Clone, Debug)]
pub(super) struct Gcra {
    requests: u128,
    spacing: u128,
    /// How far ahead of its due time a request may come.
    leave: u128,
    due: u128,
}

impl Gcra {
    pub(super) fn new(requests: u32, window: Duration, burst: u32) -> Gcra {
        let spacing = window.as_nanos();
        Gcra {
            requests: u128::from(requests),
            spacing,
            leave: u128::from(burst.saturating_sub(1)) * spacing,
            due: 0,
        }
    }

    pub(super) fn earliest(&self, now: Duration) -> Duration {
        let allowed = self.due.saturating_sub(self.leave);
        now.max(Duration::from_nanos_u128(allowed.div_ceil(self.requests)))
    }

    pub(super) fn charge(&mut self, now: Duration) {
        let now = now.as_nanos() * self.requests;
        let next = self.due.max(now) + self.spacing;
        let spent = now + self.leave + self.spacing;
        self.due = next.min(spent);
    }

    pub(super) fn remaining(&self, now: Duration) -> u32 {
        let now = now.as_nanos() * self.requests;
        let spent = now + self.leave + self.spacing;
        let ahead = spent.saturating_sub(self.due.max(now));
        u32::try_from(ahead / self.spacing).unwrap_or(u32::MAX)
    }
}

//! So many requests in any window, counted one by one.

use std::collections::VecDeque;
use std::time::Duration;

/// For so many charges there is room from the first one on.
const AT_FIRST: usize = 64;

/// Keeps the times of the last `requests` charges: no earlier one can matter.
#[derive(Clone, Debug)]
pub(super) struct SlidingWindow {
    requests: usize,
    window: Duration,
    charged: VecDeque<Duration>,
}

impl SlidingWindow {
    pub(super) fn new(requests: u32, window: Duration) -> SlidingWindow {
        SlidingWindow {
            requests: requests as usize,
            window,
            charged: VecDeque::new(),
        }
    }

    /// A request exactly one window after the oldest that counts is admitted: windows are
    /// half-open, [t, t + window).
    pub(super) fn earliest(&self, now: Duration) -> Duration {
        match self.charged.front() {
            Some(&oldest) if self.is_full() => now.max(oldest + self.window),
            _ => now,
        }
    }

    pub(super) fn charge(&mut self, now: Duration) {
        if self.is_full() {
            self.charged.pop_front();
        } else if self.charged.is_empty() {
            self.charged.reserve(self.requests.min(AT_FIRST));
        }
        self.charged.push_back(now);
    }

    pub(super) fn remaining(&self, now: Duration) -> u32 {
        let expired = |charged: &Duration| *charged + self.window <= now;
        let counted = self.charged.len() - self.charged.partition_point(expired);
        u32::try_from(self.requests - counted).unwrap_or(u32::MAX)
    }

    fn is_full(&self) -> bool {
        self.charged.len() == self.requests
    }
}

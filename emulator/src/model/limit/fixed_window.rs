//! So many requests in each of the windows that follow one another from the run's start.

use std::time::Duration;

/// Counts the charges of the latest window that had any.
#[derive(Clone, Debug)]
pub(super) struct FixedWindow {
    requests: u32,
    window: Duration,
    /// Which window since the run's start is counted.
    index: u128,
    charged: u32,
}

impl FixedWindow {
    pub(super) fn new(requests: u32, window: Duration) -> FixedWindow {
        FixedWindow {
            requests,
            window,
            index: 0,
            charged: 0,
        }
    }

    pub(super) fn earliest(&self, now: Duration) -> Duration {
        let index = self.index_of(now);
        if index == self.index && self.charged >= self.requests {
            Duration::from_nanos_u128((index + 1) * self.window.as_nanos())
        } else {
            now
        }
    }

    pub(super) fn charge(&mut self, now: Duration) {
        let index = self.index_of(now);
        if index != self.index {
            self.index = index;
            self.charged = 0;
        }
        self.charged = self.charged.saturating_add(1);
    }

    pub(super) fn remaining(&self, now: Duration) -> u32 {
        let is_counted = self.index_of(now) == self.index;
        let charged = if is_counted { self.charged } else { 0 };
        self.requests.saturating_sub(charged)
    }

    fn index_of(&self, now: Duration) -> u128 {
        now.as_nanos() / self.window.as_nanos()
    }
}

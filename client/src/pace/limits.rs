//! How fast attempts may follow each other.

use std::time::Duration;

/// How fast attempts are sent, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From one attempt to the next.
    pub interval: Duration,
    /// The most attempts in progress; at least 1.
    pub at_once: usize,
    /// An attempt that has not ended after so long is not counted any more: its sender has crashed.
    pub lease: Duration,
}

impl Pace {
    /// For tokens. IMDS serves 20 a second, 5 at once (documented). An interval of exactly 50 ms is too
    /// short: half a millisecond of jitter then causes refusals (simulated).
    pub const IDENTITY: Self = Self {
        interval: Duration::from_millis(52),
        at_once: 5,
        lease: Duration::from_mins(2),
    };

    /// For all other requests. IMDS serves 5 a second (documented). No limit on those in progress is
    /// documented; 5 is the number of a second.
    pub const METADATA: Self = Self {
        interval: Duration::from_millis(205),
        ..Self::IDENTITY
    };
}

//! How fast attempts may follow each other.

use std::time::Duration;

/// How fast to ask, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// From one attempt to the next.
    pub interval: Duration,
    /// Attempts under way; at least 1.
    pub at_once: usize,
    /// After so long an attempt that has not ended no longer counts: whoever made it has crashed.
    pub lease: Duration,
}

impl Pace {
    /// For tokens. IMDS serves 20 a second, 5 at once (documented). An interval of exactly 50 ms is
    /// too short: half a millisecond of jitter then costs refusals (simulated).
    pub const IDENTITY: Self = Self {
        interval: Duration::from_millis(52),
        at_once: 5,
        lease: Duration::from_mins(2),
    };

    /// For everything else. IMDS serves 5 a second (documented); that these are limited in number
    /// at once is not documented, so 5 is what a second's worth is.
    pub const METADATA: Self = Self {
        interval: Duration::from_millis(205),
        ..Self::IDENTITY
    };
}

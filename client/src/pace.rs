//! Pacing: to ask no faster than IMDS serves, so that nothing is refused.
//!
//! [`Paced`] is a transport that lets attempts through in turn, in the order in which they came. The
//! [`Pacer`] decides on it and is given the time.
//!
//! A paced client that has the VM for itself sends one attempt for each token. It does not count
//! what others on the VM ask for: then there are refusals, and the policy deals with them.

mod gate;
mod paced;
mod pacer;

use std::time::Duration;

pub use paced::Paced;
pub use pacer::{Pacer, Turn};

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

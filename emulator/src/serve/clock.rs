//! The clock of a VM.

#![expect(clippy::disallowed_methods, reason = "a driver: reads the clock")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Counts from a run's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    epoch: Duration,
}

impl Clock {
    /// One that starts now.
    pub(crate) fn start() -> Clock {
        Clock {
            started: Instant::now(),
            epoch: since_1970(),
        }
    }

    /// The time since the run's start.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// From 1970 to the run's start.
    pub(crate) fn epoch(&self) -> Duration {
        self.epoch
    }
}

/// The time since 1970; zero if the system's clock is set before that.
pub(crate) fn since_1970() -> Duration {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default()
}

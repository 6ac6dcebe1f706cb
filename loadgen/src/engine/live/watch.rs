//! The clock of a run.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: the time of a run in real time is the clock's"
)]

use std::time::Duration;

use tokio::time::Instant;

/// The time of a run: zero at its start, and before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    origin: Instant,
}

impl Watch {
    pub(crate) fn starting_in(lead: Duration) -> Self {
        Self {
            origin: Instant::now() + lead,
        }
    }

    pub(crate) fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(self.origin)
    }

    pub(crate) fn until(self, at: Duration) -> impl Future<Output = ()> {
        tokio::time::sleep_until(self.origin + at)
    }
}

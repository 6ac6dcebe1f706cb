//! The wall clock: the only one that processes share, and the one by which tokens expire. And a clock that lives of
//! tokens are measured by, which goes on while the machine sleeps.
#![expect(clippy::disallowed_methods, reason = "a driver: it reads the clocks")]

mod slept;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use slept::Slept;

/// The time since 1970; zero if the clock is set before that.
pub(crate) fn since_1970() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

/// Counts from its start, also while the machine sleeps, and never goes back. Clones count alike.
#[derive(Clone, Debug)]
pub(crate) struct LifeClock {
    began: Instant,
    slept: Arc<Mutex<Slept>>,
    wall: fn() -> Duration,
}

impl LifeClock {
    /// One that starts now.
    pub(crate) fn start() -> Self {
        Self::beside(since_1970)
    }

    /// The same beside this wall clock.
    pub(crate) fn beside(wall: fn() -> Duration) -> Self {
        let slept = Slept::nothing(Duration::ZERO, wall());
        Self {
            began: Instant::now(),
            slept: Arc::new(Mutex::new(slept)),
            wall,
        }
    }

    /// The time since its start.
    pub(crate) fn now(&self) -> Duration {
        self.began.elapsed() + self.slept()
    }

    /// How much of it the machine has slept.
    pub(crate) fn slept(&self) -> Duration {
        let mut slept = self.slept.lock().unwrap_or_else(PoisonError::into_inner);
        slept.until(self.began.elapsed(), (self.wall)())
    }
}

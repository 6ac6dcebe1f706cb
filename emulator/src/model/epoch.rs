//! Where a run's start lies on the wall clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// From 1970 to the run's start, for all who date something. It changes only when the wall clock is set back.
#[derive(Clone, Debug)]
pub(crate) struct Epoch(Arc<AtomicU64>);

impl Epoch {
    /// What it is now.
    pub(crate) fn get(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }

    /// The wall clock was set back by so much.
    pub(crate) fn set_back(&self, by: Duration) {
        let earlier = self.get().saturating_sub(by);
        self.0.store(nanoseconds(earlier), Ordering::Relaxed);
    }
}

impl From<Duration> for Epoch {
    fn from(since_1970: Duration) -> Epoch {
        Epoch(Arc::new(AtomicU64::new(nanoseconds(since_1970))))
    }
}

/// Enough until the year 2554.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

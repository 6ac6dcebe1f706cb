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

    /// Waits for an end that may be put off until it is reached.
    pub(crate) async fn until_end(self, end: impl Fn() -> Duration) {
        let mut at = end();
        while self.now() < at {
            self.until(at).await;
            at = end();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_end_can_be_put_off_until_it_is_reached() {
        let watch = Watch::starting_in(Duration::ZERO);
        let end = Cell::new(Duration::from_mins(10));
        let put_off = async {
            watch.until(Duration::from_mins(9)).await;
            end.set(Duration::from_mins(19));
            watch.until(Duration::from_mins(20)).await;
            end.set(Duration::from_mins(30));
        };
        let ended = async {
            watch.until_end(|| end.get()).await;
            watch.now()
        };
        let (ended, ()) = tokio::join!(ended, put_off);
        assert_eq!(ended, Duration::from_mins(19));
    }
}

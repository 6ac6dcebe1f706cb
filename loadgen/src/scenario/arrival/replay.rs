//! Sessions that start when they did in a recording.

use std::sync::Arc;
use std::time::Duration;

use rand::Rng;

use super::numbers::part_of;

/// `replay = { at = "0s", file = "cron.csv", column = "started", speed = 1.0, jitter = "0s" }`, or `starts = [0, 1.5]` in
/// the place of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Replay {
    /// Since the run's start, the earliest first.
    times: Arc<[Duration]>,
    /// Each start is late by a uniformly random part of this.
    jitter: Duration,
}

impl Replay {
    /// Of times in any order.
    pub(crate) fn new(mut times: Vec<Duration>, jitter: Duration) -> Self {
        times.sort_unstable();
        let times = times.into();
        Self { times, jitter }
    }

    pub(super) fn starts(&self, rng: &mut dyn Rng) -> Vec<Duration> {
        let late = |time: &Duration| time.saturating_add(part_of(self.jitter, rng));
        self.times.iter().map(late).collect()
    }

    pub(super) fn first_start(&self) -> Option<Duration> {
        self.times.first().copied()
    }

    pub(super) fn last_start(&self) -> Option<Duration> {
        let last = self.times.last()?;
        Some(last.saturating_add(self.jitter))
    }

    pub(super) fn sessions(&self) -> u32 {
        u32::try_from(self.times.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    proptest! {
        #[test]
        fn each_start_is_late_by_a_part_of_the_jitter(seed: u64, times in prop::collection::vec(0_u64..100, 1..20), jitter in 0_u64..50) {
            let (times, jitter) = (times.into_iter().map(Duration::from_secs), Duration::from_secs(jitter));
            let replay = Replay::new(times.collect(), jitter);
            let starts = replay.starts(&mut ChaCha8Rng::seed_from_u64(seed));
            for (start, time) in starts.iter().zip(&*replay.times) {
                prop_assert!((*time..=*time + jitter).contains(start));
            }
            prop_assert!(starts.iter().max() <= replay.last_start().as_ref());
            prop_assert!(jitter > Duration::ZERO || starts == *replay.times);
        }
    }
}

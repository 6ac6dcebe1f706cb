//! How the author of a script tries a step again: a layer around whatever the client does itself.

use std::time::Duration;

use rand::{Rng, RngExt};

/// How often a whole step is tried, and the waits between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Retry {
    /// How often at most, the first time included; at least 1.
    pub attempts: u32,
    /// The wait after the first failure.
    pub delay: Duration,
    /// What each further wait is longer by, 1 or more.
    pub factor: f64,
    /// What no wait is longer than, its jitter left out.
    pub max_delay: Duration,
    /// Each wait is longer by a uniformly random part of this.
    pub jitter: Duration,
}

impl Retry {
    /// A step is tried once.
    pub(crate) const NONE: Self = Self {
        attempts: 1,
        delay: Duration::ZERO,
        factor: 1.0,
        max_delay: Duration::MAX,
        jitter: Duration::ZERO,
    };

    /// What is wrong with the numbers, if anything: a key, and what was expected of it.
    #[must_use]
    pub(crate) fn problem(&self) -> Option<(&'static str, &'static str)> {
        if self.attempts == 0 {
            return Some(("attempts", "expected 1 or more, the first time included"));
        }
        let grows = self.factor.is_finite() && self.factor >= 1.0;
        (!grows).then_some(("factor", "expected 1 or more"))
    }

    /// Whether the step is tried again after so many failures.
    #[must_use]
    pub(crate) fn allows(&self, failures: u32) -> bool {
        failures < self.attempts
    }

    /// The wait after so many failures; none if the step is not tried again.
    pub(crate) fn wait(&self, failures: u32, rng: &mut dyn Rng) -> Option<Duration> {
        if !self.allows(failures) {
            return None;
        }
        let exponent = i32::try_from(failures.saturating_sub(1)).unwrap_or(i32::MAX);
        let grown = self.delay.as_secs_f64() * self.factor.powi(exponent);
        let delay = Duration::try_from_secs_f64(grown).unwrap_or(Duration::MAX);
        let jitter = self.jitter.mul_f64(rng.random::<f64>());
        Some(delay.min(self.max_delay).saturating_add(jitter))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    fn seconds(retry: &Retry, failures: u32) -> Option<u64> {
        let wait = retry.wait(failures, &mut ChaCha8Rng::seed_from_u64(1));
        wait.map(|wait| wait.as_secs())
    }

    #[test]
    fn waits_grow_to_the_longest_and_end_with_the_attempts() {
        let retry = Retry {
            attempts: 5,
            delay: Duration::from_secs(2),
            factor: 3.0,
            max_delay: Duration::from_secs(10),
            jitter: Duration::ZERO,
        };
        let waits: Vec<_> = (1..=5).map(|failures| seconds(&retry, failures)).collect();
        assert_eq!(waits, [Some(2), Some(6), Some(10), Some(10), None]);
        assert_eq!(seconds(&Retry::NONE, 1), None);
    }

    proptest! {
        #[test]
        fn a_wait_is_longer_by_its_jitter_at_most(seed: u64, failures in 1_u32..u32::MAX, jitter_ms in 0_u64..10_000) {
            let retry = Retry {
                attempts: u32::MAX,
                delay: Duration::from_secs(1),
                factor: 2.0,
                max_delay: Duration::from_secs(30),
                jitter: Duration::from_millis(jitter_ms),
            };
            let wait = retry.wait(failures, &mut ChaCha8Rng::seed_from_u64(seed)).expect("another attempt");
            prop_assert!(wait >= Duration::from_secs(1));
            prop_assert!(wait <= retry.max_delay + retry.jitter);
        }
    }
}

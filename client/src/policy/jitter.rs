//! How a wait is randomised, so that clients that failed together do not retry together.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::delay::scaled;

/// How a wait `w` is randomised.
///
/// `Equal` and `Full` randomise the wait after it is capped: they draw below the cap. `Factor` and
/// `Added` randomise it before, so that at the cap all waits are equal. `Factors` is not random.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Jitter {
    /// Not at all.
    #[default]
    None,
    /// `w/2 + U(0, w/2)`, after the cap.
    Equal,
    /// `U(0, w)`, after the cap.
    Full,
    /// `w · U(low, high)`, before the cap.
    Factor {
        /// The least factor, not negative.
        low: f64,
        /// The greatest factor, not less than `low`.
        high: f64,
    },
    /// `w` times the factor of that retry, before the cap: the same in every process, as where the random
    /// generator is never seeded. After the last factor comes the first again.
    Factors(Vec<f64>),
    /// `w + U(0, up_to)`, before the cap.
    Added {
        /// The most that is added.
        #[serde(with = "compact::required")]
        up_to: Duration,
    },
}

impl Jitter {
    /// A random wait before retry `retry` of a layer (1 for its first), never longer than the cap.
    #[inline]
    pub fn spread(&self, wait: Duration, cap: Duration, retry: u32, rng: &mut dyn Rng) -> Duration {
        let capped = wait.min(cap);
        match self {
            Self::None => capped,
            Self::Equal => capped / 2 + up_to(capped / 2, rng),
            Self::Full => up_to(capped, rng),
            Self::Factor { low, high } => {
                let share: f64 = rng.random();
                scaled(wait, low + (high - low) * share).min(cap)
            }
            Self::Factors(factors) => scaled(wait, of_retry(factors, retry)).min(cap),
            Self::Added { up_to: most } => wait.saturating_add(up_to(*most, rng)).min(cap),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// The factor of a retry, counted from 1; 1 if there are none.
fn of_retry(factors: &[f64], retry: u32) -> f64 {
    let index = usize::try_from(retry - 1).unwrap_or(usize::MAX);
    let index = index.checked_rem(factors.len());
    index.map_or(1.0, |index| factors[index])
}

fn up_to(most: Duration, rng: &mut dyn Rng) -> Duration {
    rng.random_range(Duration::ZERO..=most)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    fn jitters() -> impl Strategy<Value = Jitter> {
        prop_oneof![
            Just(Jitter::None),
            Just(Jitter::Equal),
            Just(Jitter::Full),
            (0.0..2.0, 0.0..2.0).prop_map(|(low, more)| Jitter::Factor {
                low,
                high: low + more
            }),
            prop::collection::vec(0.0..2.0, 0..4).prop_map(Jitter::Factors),
            any::<Duration>().prop_map(|up_to| Jitter::Added { up_to }),
        ]
    }

    proptest! {
        #[test]
        fn a_wait_never_exceeds_its_cap(
            jitter in jitters(),
            wait in any::<Duration>(),
            cap in any::<Duration>(),
            retry in 1..=u32::MAX,
            seed in any::<u64>(),
        ) {
            prop_assert!(jitter.spread(wait, cap, retry, &mut ChaCha8Rng::seed_from_u64(seed)) <= cap);
        }
    }

    /// The least and the greatest of many draws, in whole hundredths of a second.
    fn range(jitter: &Jitter, wait: u64, cap: u64) -> (u128, u128) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let (wait, cap) = (Duration::from_secs(wait), Duration::from_secs(cap));
        let draws: Vec<_> = (0..10_000)
            .map(|_| (jitter.spread(wait, cap, 1, &mut rng).as_millis() + 5) / 10)
            .collect();
        (
            draws.iter().copied().min().expect("a draw"),
            draws.iter().copied().max().expect("a draw"),
        )
    }

    #[test]
    fn equal_and_full_jitter_draw_below_the_cap() {
        assert_eq!(range(&Jitter::Equal, 10, 4), (200, 400));
        assert_eq!(range(&Jitter::Full, 10, 4), (0, 400));
    }

    #[test]
    fn factor_and_added_jitter_are_cut_at_the_cap() {
        assert_eq!(
            range(
                &Jitter::Factor {
                    low: 0.5,
                    high: 1.5
                },
                4,
                5
            ),
            (200, 500)
        );
        assert_eq!(
            range(
                &Jitter::Added {
                    up_to: Duration::from_secs(2)
                },
                4,
                5
            ),
            (400, 500)
        );
    }

    #[test]
    fn listed_factors_are_those_of_the_retries_whatever_the_chance() {
        let jitter = Jitter::Factors(vec![1.5, 0.5]);
        let (wait, cap) = (Duration::from_secs(4), Duration::from_secs(5));
        for seed in 0..3 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let waits = [1, 2, 3].map(|n| jitter.spread(wait, cap, n, &mut rng).as_secs());
            assert_eq!(waits, [5, 2, 5]);
        }
    }
}

//! How the wait before a retry grows, before jitter and cap.

use std::time::Duration;

use jiff::fmt::serde::unsigned_duration::friendly::compact;
use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

/// The wait before retry `n` of a layer (1 for its first), before jitter and cap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Delay {
    /// Always the same.
    Fixed(#[serde(with = "compact::required")] Duration),
    /// `base · factor^(n − 1)`.
    Exponential {
        /// The first wait.
        #[serde(with = "compact::required")]
        base: Duration,
        /// How many times longer each wait is than the one before it.
        factor: f64,
    },
    /// `base · (2^n − 1)`.
    Cumulative {
        /// The first wait.
        #[serde(with = "compact::required")]
        base: Duration,
    },
    /// Listed; the last one repeats.
    Table(#[serde(with = "durations")] Vec<Duration>),
    /// One of the first `n` slots, each as likely; slot `k` is `unit · (2^k − 1)`.
    RandomSlot {
        /// The first slot.
        #[serde(with = "compact::required")]
        unit: Duration,
    },
    /// `base + ratio · elapsed`, where `elapsed` counts from the acquisition's first attempt.
    Proportional {
        /// The wait after a failure at the start.
        #[serde(with = "compact::required")]
        base: Duration,
        /// The share of the elapsed time that is added.
        ratio: f64,
    },
    /// One retry in each of a row of windows that begins with the acquisition's first attempt, at a
    /// random time: in the first window that has not begun yet. Each window is `factor` times as long
    /// as the one before it, so the waits grow in proportion to the elapsed time.
    Windows {
        /// The length of the first window.
        #[serde(with = "compact::required")]
        first: Duration,
        /// How many times longer each window is than the one before it.
        factor: f64,
    },
    /// Random, from `base` to `factor` times the layer's previous wait (`base` at first).
    Decorrelated {
        /// The shortest wait.
        #[serde(with = "compact::required")]
        base: Duration,
        /// How many times longer than the one before it a wait can be; `None` is three times.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        factor: Option<f64>,
        /// The first wait is `base` itself.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        first_is_base: bool,
    },
    /// `factor` times the layer's previous wait (`base` at first), and from none to all of `added` on top.
    Compounding {
        /// What takes the place of the wait before the first.
        #[serde(with = "compact::required")]
        base: Duration,
        /// How many times longer a wait is than the one before it.
        factor: f64,
        /// The most that is added by chance.
        #[serde(with = "compact::required")]
        added: Duration,
    },
    /// Until so much time has passed since the acquisition's first attempt; after that, no retry.
    UntilElapsed(#[serde(with = "compact::required")] Duration),
}

/// The state of an acquisition when a wait is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Which retry of its layer comes next, from 1.
    pub retry: u32,
    /// Time since the acquisition's first attempt.
    pub elapsed: Duration,
    /// The layer's wait before this one, if there was one.
    pub previous: Option<Duration>,
}

impl Delay {
    /// The wait before a retry; `None` if it no longer retries.
    #[inline]
    pub fn before(&self, situation: &Situation, rng: &mut dyn Rng) -> Option<Duration> {
        let n = situation.retry;
        Some(match self {
            Self::Fixed(wait) => *wait,
            Self::Exponential { base, factor } => {
                scaled(*base, factor.powi(i32::try_from(n - 1).unwrap_or(i32::MAX)))
            }
            Self::Cumulative { base } => doubled(*base, n),
            Self::Table(waits) => listed(waits, n),
            Self::RandomSlot { unit } => doubled(*unit, rng.random_range(1..=n)),
            Self::Proportional { base, ratio } => {
                base.saturating_add(scaled(situation.elapsed, *ratio))
            }
            Self::Windows { first, factor } => {
                let (begin, length) = next_window(*first, *factor, situation.elapsed);
                let within = scaled(length, rng.random());
                begin
                    .saturating_add(within)
                    .saturating_sub(situation.elapsed)
            }
            Self::Decorrelated {
                base,
                factor,
                first_is_base,
            } => match situation.previous {
                None if *first_is_base => *base,
                previous => {
                    let most = scaled(previous.unwrap_or(*base), factor.unwrap_or(3.0)).max(*base);
                    rng.random_range(*base..=most)
                }
            },
            Self::Compounding {
                base,
                factor,
                added,
            } => {
                let grown = scaled(situation.previous.unwrap_or(*base), *factor);
                grown.saturating_add(rng.random_range(Duration::ZERO..=*added))
            }
            Self::UntilElapsed(end) => end
                .checked_sub(situation.elapsed)
                .filter(|wait| !wait.is_zero())?,
        })
    }

    /// Whether its waits can stay zero for ever.
    pub(super) fn can_stand_still(&self) -> bool {
        match self {
            Self::Table(waits) => waits.last().is_none_or(Duration::is_zero),
            Self::UntilElapsed(_) => false,
            Self::Fixed(base)
            | Self::Exponential { base, .. }
            | Self::Cumulative { base }
            | Self::RandomSlot { unit: base }
            | Self::Proportional { base, .. }
            | Self::Windows { first: base, .. }
            | Self::Decorrelated { base, .. }
            | Self::Compounding { base, .. } => base.is_zero(),
        }
    }
}

/// `wait · factor`, or the longest duration where that does not fit.
pub(super) fn scaled(wait: Duration, factor: f64) -> Duration {
    if wait.is_zero() {
        return wait;
    }
    Duration::try_from_secs_f64(wait.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

/// Begin and length of the first window that begins at that time or later. After `k` windows the next
/// one begins at `first · (factor^k − 1) / (factor − 1)`.
fn next_window(first: Duration, factor: f64, elapsed: Duration) -> (Duration, Duration) {
    if first.is_zero() {
        return (elapsed, first);
    }
    let firsts = elapsed.as_secs_f64() / first.as_secs_f64();
    let growth = factor - 1.0;
    if growth <= 0.0 {
        return (scaled(first, firsts.ceil()), first);
    }
    let length = factor.powf((firsts * growth).ln_1p().div_euclid(factor.ln()).max(0.0));
    let (begin, length) = match (length - 1.0) / growth {
        begin if begin < firsts => ((length * factor - 1.0) / growth, length * factor),
        begin => (begin, length),
    };
    (scaled(first, begin), scaled(first, length))
}

/// `wait · (2^n − 1)`.
fn doubled(wait: Duration, n: u32) -> Duration {
    wait.saturating_mul(2_u32.saturating_pow(n) - 1)
}

/// The `n`th of the waits, counted from 1; the last one repeats.
fn listed(waits: &[Duration], n: u32) -> Duration {
    let index = usize::try_from(n - 1).unwrap_or(usize::MAX);
    waits
        .get(index)
        .or(waits.last())
        .copied()
        .unwrap_or_default()
}

/// A list of durations as text.
mod durations {
    use std::time::Duration;

    use jiff::fmt::serde::unsigned_duration::friendly::compact;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Text(#[serde(with = "compact::required")] Duration);

    pub(super) fn serialize<S: Serializer>(waits: &[Duration], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(waits.iter().copied().map(Text))
    }

    pub(super) fn deserialize<'de, D>(from: D) -> Result<Vec<Duration>, D::Error>
    where
        D: Deserializer<'de>,
    {
        let waits = Vec::<Text>::deserialize(from)?;
        Ok(waits.into_iter().map(|Text(wait)| wait).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    fn delays() -> impl Strategy<Value = Delay> {
        let base = || (0_u64..1 << 40).prop_map(Duration::from_nanos);
        prop_oneof![
            base().prop_map(Delay::Fixed),
            (base(), 0.0..100.0).prop_map(|(base, factor)| Delay::Exponential { base, factor }),
            base().prop_map(|base| Delay::Cumulative { base }),
            prop::collection::vec(base(), 0..4).prop_map(Delay::Table),
            base().prop_map(|unit| Delay::RandomSlot { unit }),
            (base(), 0.0..100.0).prop_map(|(base, ratio)| Delay::Proportional { base, ratio }),
            (base(), 1.0..100.0).prop_map(|(first, factor)| Delay::Windows { first, factor }),
            (base(), prop::option::of(1.0..100.0), any::<bool>()).prop_map(
                |(base, factor, first_is_base)| {
                    Delay::Decorrelated {
                        base,
                        factor,
                        first_is_base,
                    }
                }
            ),
            (base(), 1.0..100.0, base()).prop_map(|(base, factor, added)| Delay::Compounding {
                base,
                factor,
                added
            }),
            base().prop_map(Delay::UntilElapsed),
        ]
    }

    proptest! {
        #[test]
        fn every_retry_of_every_delay_has_an_answer(
            delay in delays(),
            retry in 1..=u32::MAX,
            elapsed in any::<Duration>(),
            previous in any::<Option<Duration>>(),
        ) {
            let situation = Situation { retry, elapsed, previous };
            let wait = delay.before(&situation, &mut ChaCha8Rng::seed_from_u64(1));
            prop_assert!(wait.is_some() || matches!(delay, Delay::UntilElapsed(_)));
        }
    }

    #[test]
    fn no_time_grows_to_no_time() {
        let delay = Delay::Exponential {
            base: Duration::ZERO,
            factor: 2.0,
        };
        let situation = Situation {
            retry: 5000,
            elapsed: Duration::ZERO,
            previous: None,
        };
        let wait = delay.before(&situation, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(wait, Some(Duration::ZERO));
    }

    #[test]
    fn a_compounding_wait_grows_from_the_one_before_it() {
        let second = Duration::from_secs(1);
        let delay = Delay::Compounding {
            base: second,
            factor: 2.0,
            added: second,
        };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut within = |previous, least: u32| {
            let situation = Situation {
                retry: 1,
                elapsed: Duration::ZERO,
                previous,
            };
            let wait = delay.before(&situation, &mut rng).expect("a wait");
            (second * least..=second * (least + 1)).contains(&wait)
        };
        for _ in 0..1000 {
            assert!(within(None, 2));
            assert!(within(Some(5 * second), 10));
        }
    }

    #[test]
    fn a_window_begins_where_the_one_before_it_ends() {
        let second = Duration::from_secs(1);
        let next = |ms| next_window(second, 2.0, Duration::from_millis(ms));
        assert_eq!(next(0), (Duration::ZERO, second));
        for ms in [1, 500, 999, 1000] {
            assert_eq!(next(ms), (second, 2 * second), "{ms}");
        }
        for ms in [1001, 2999, 3000] {
            assert_eq!(next(ms), (3 * second, 4 * second), "{ms}");
        }
        assert_eq!(
            next_window(second, 1.0, 5 * second / 2),
            (3 * second, second)
        );
    }

    proptest! {
        #[test]
        fn the_next_window_lies_ahead_and_within_reach(
            first in 1_u64..1 << 40,
            factor in 1.01..10.0,
            elapsed in 0_u64..1 << 40,
        ) {
            let (first, elapsed) = (Duration::from_nanos(first), Duration::from_nanos(elapsed));
            let (begin, length) = next_window(first, factor, elapsed);
            let rounding = Duration::from_nanos(1) + (elapsed + first) / 1_000_000;
            prop_assert!(begin + rounding >= elapsed);
            prop_assert!(begin <= elapsed + length + rounding);
            prop_assert!(length + rounding >= first);
        }
    }

    #[test]
    fn decorrelated_waits_stay_between_the_base_and_so_many_times_the_previous() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let base = Duration::from_secs(1);
        let mut draw = |delay: &str, previous| {
            let delay: BTreeMap<String, Delay> = toml::from_str(delay).expect("a delay");
            let situation = Situation {
                retry: 2,
                elapsed: base,
                previous,
            };
            delay["d"].before(&situation, &mut rng).expect("a wait")
        };
        let thrice = "d = { decorrelated = { base = '1s' } }";
        let twice = "d = { decorrelated = { base = '1s', factor = 2, first_is_base = true } }";
        for _ in 0..1000 {
            assert!((base..=3 * base).contains(&draw(thrice, None)));
            assert!((base..=15 * base).contains(&draw(thrice, Some(5 * base))));
            assert_eq!(draw(thrice, Some(Duration::ZERO)), base);
            assert_eq!(draw(twice, None), base);
            assert!((base..=10 * base).contains(&draw(twice, Some(5 * base))));
        }
    }
}

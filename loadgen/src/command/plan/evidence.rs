//! How sure a share is that was found in some runs, judged by betting against the opposite.
//!
//! A bet at fair odds against a true hypothesis multiplies its stake by `k` or more with a probability of `1/k` at
//! most, whenever the game ends (Ville, 1939). So the capital of such a bet is evidence that may be looked at after
//! every run: to add runs until a question is decided makes no answer less sure. The bets are those of Waudby-Smith and
//! Ramdas (2024, "Estimating means of bounded random variables by betting"). A run is one turn of the game: sessions
//! of one run share their limits, so they count together.

use std::collections::BTreeMap;

/// The parts of the greatest stake that are bet side by side, and the shares of the capital that they get. The
/// greatest has a third, since most of what is asked holds in nearly all runs.
const STAKES: i32 = 12;
const GREATEST: f64 = 0.3;

/// A try goes on if this part of what decides can be expected of it.
const HOPE: f64 = 0.8;

/// What runs showed of one share: in each run `met` of `count` things were as required.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// How many runs had these two numbers.
    runs: BTreeMap<(u32, u32), u32>,
    /// The most things that a run can have, known before the first.
    most: u32,
}

/// A share, and the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// Which way a question is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The share is at least the one that was asked for.
    AtLeast,
    /// It is less.
    Below,
}

impl Evidence {
    /// No run yet; none has more than so many things.
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    /// Adds a run in which `met` of `count` things were as required.
    pub(super) fn add(&mut self, met: u32, count: u32) {
        self.most = self.most.max(count);
        *self.runs.entry((met, count)).or_default() += 1;
    }

    /// The share of all things that were as required; none were required: 1.
    pub(super) fn share(&self) -> f64 {
        let sum = |of: fn(&(u32, u32)) -> u32| -> f64 {
            let runs = self.runs.iter();
            runs.map(|(run, times)| f64::from(of(run)) * f64::from(*times))
                .sum()
        };
        let count = sum(|run| run.1);
        if count > 0.0 {
            sum(|run| run.0) / count
        } else {
            1.0
        }
    }

    /// On which side of `target` the share lies with this confidence, if that can be said already, where it is one of
    /// `all` shares: that one of them is too small has to be surer, since it can be any.
    pub(super) fn side(&self, target: f64, confidence: f64, all: usize) -> Option<Side> {
        let needed = needed(confidence);
        let of_all = needed + f64::from(u32::try_from(all).unwrap_or(u32::MAX).max(1)).ln();
        if self.against_less(target) >= needed {
            Some(Side::AtLeast)
        } else if self.against_more(target) >= of_all {
            Some(Side::Below)
        } else {
            None
        }
    }

    /// Whether it will hardly be decided by `most` runs, if the runs to come are like those so far. A quarter of the
    /// runs that there may be is enough to tell.
    pub(super) fn is_hopeless(&self, target: f64, confidence: f64, most: u32) -> bool {
        let runs: u32 = self.runs.values().sum();
        if runs < most / 4 {
            return false;
        }
        // A capital grows by a factor with each run; the best of the stakes has had a part of it from the start.
        let grown = |capital: f64, begun: f64| {
            (capital - begun) * f64::from(most) / f64::from(runs.max(1)) + begun
        };
        let least = HOPE * needed(confidence);
        let others = ((1.0 - GREATEST) / f64::from(STAKES - 1)).ln();
        grown(self.against_less(target), GREATEST.ln()) < least
            && grown(self.against_more(target), others) < least
    }

    /// The share and its interval at this confidence: the shares that the bets do not contradict.
    pub(super) fn estimate(&self, confidence: f64) -> Estimate {
        let needed = needed(confidence);
        let share = self.share();
        Estimate {
            share,
            low: turn(share, 0.0, |least| self.against_less(least) < needed),
            high: turn(share, 1.0, |most| self.against_more(most) < needed),
        }
    }

    /// The logarithm of the capital of bets against "the share is `bound` at most".
    fn against_less(&self, bound: f64) -> f64 {
        self.capital(|met, count, most| (met / bound - count) / most)
    }

    /// The logarithm of the capital of bets against "the share is `bound` at least".
    fn against_more(&self, bound: f64) -> f64 {
        self.capital(|met, count, most| ((count - met) / (1.0 - bound) - count) / most)
    }

    /// A run gains its part of the greatest stake, which loses all in the worst run there can be.
    fn capital(&self, gain: impl Fn(f64, f64, f64) -> f64) -> f64 {
        let most = f64::from(self.most.max(1));
        let runs = self.runs.iter();
        let gains: Vec<(f64, f64)> = runs
            .map(|((met, count), times)| {
                (
                    gain((*met).into(), (*count).into(), most),
                    f64::from(*times),
                )
            })
            .collect();
        let of_stake = |stake: i32| {
            let part = 0.5_f64.powi(stake);
            let weight = if stake == 0 {
                GREATEST
            } else {
                (1.0 - GREATEST) / f64::from(STAKES - 1)
            };
            let growth: f64 = gains
                .iter()
                .map(|(gain, times)| times * (part * gain).ln_1p())
                .sum();
            weight.ln() + growth
        };
        (0..STAKES)
            .map(of_stake)
            .fold(f64::NEG_INFINITY, sum_of_logarithms)
    }
}

/// How many runs it takes at least to show that a share is `target` at least: as many as it takes if all is as
/// required in every one of them. None: no number of runs can show it.
pub(super) fn fewest_runs(target: f64, confidence: f64) -> Option<u32> {
    let shown = |runs: u32| {
        let perfect = Evidence {
            runs: BTreeMap::from([((1, 1), runs)]),
            most: 1,
        };
        perfect.side(target, confidence, 1) == Some(Side::AtLeast)
    };
    let enough = (0..u32::BITS)
        .map(|power| 1 << power)
        .find(|runs| shown(*runs))?;
    let (mut few, mut enough) = (enough / 2, enough);
    while enough - few > 1 {
        let middle = few.midpoint(enough);
        if shown(middle) {
            enough = middle;
        } else {
            few = middle;
        }
    }
    Some(enough)
}

/// The logarithm of the capital that decides: each side of an interval has half of the error.
fn needed(confidence: f64) -> f64 {
    (2.0 / (1.0 - confidence)).ln()
}

fn sum_of_logarithms(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    if high == f64::NEG_INFINITY {
        high
    } else {
        high + (low - high).exp().ln_1p()
    }
}

/// Where between a share that fits and the far end the fit ends.
fn turn(fits: f64, end: f64, fit: impl Fn(f64) -> bool) -> f64 {
    let (mut inner, mut outer) = (fits, end);
    for _ in 0..50 {
        let middle = f64::midpoint(inner, outer);
        if fit(middle) {
            inner = middle;
        } else {
            outer = middle;
        }
    }
    outer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn of(runs: &[(u32, u32, u32)]) -> Evidence {
        let mut evidence = Evidence::default();
        for (met, count, times) in runs {
            (0..*times).for_each(|_| evidence.add(*met, *count));
        }
        evidence
    }

    #[test]
    fn a_share_is_shown_by_as_few_runs_as_are_said_and_not_by_one_less() {
        for (target, confidence) in [(0.95, 0.95), (0.999, 0.95), (0.5, 0.99)] {
            let fewest = fewest_runs(target, confidence).expect("below 1");
            let side = |runs| of(&[(7, 7, runs)]).side(target, confidence, 1);
            assert_eq!(side(fewest - 1), None, "{target}");
            assert_eq!(side(fewest), Some(Side::AtLeast), "{target}");
        }
        let ideal = (0.025_f64.ln() / 0.999_f64.ln()).ceil();
        let fewest = fewest_runs(0.999, 0.95).map(f64::from).expect("below 1");
        assert!(
            (ideal..1.4 * ideal).contains(&fewest),
            "{fewest} of {ideal}"
        );
        assert_eq!(fewest_runs(1.0, 0.95), None);
    }

    #[test]
    fn sessions_of_a_run_count_together() {
        let together = of(&[(0, 50, 5), (50, 50, 95)]).estimate(0.95);
        let apart = of(&[(47, 50, 50), (48, 50, 50)]).estimate(0.95);
        assert!((together.share - 0.95).abs() < 1e-9 && (apart.share - 0.95).abs() < 1e-9);
        assert!(together.high - together.low > 3.0 * (apart.high - apart.low));
    }

    #[test]
    fn what_was_seen_in_no_run_is_unknown() {
        let nothing = Evidence::default().estimate(0.95);
        assert_eq!((nothing.low, nothing.high), (0.0, 1.0));
    }

    /// Looked at after every run, a true share is contradicted in 5 of 100 games at most (here in 10 of 200).
    #[test]
    fn a_true_share_is_seldom_contradicted_however_often_it_is_looked_at() {
        for (truth, sessions) in [(0.95, 1), (0.5, 3), (0.99, 20)] {
            let wrong = (0..400)
                .filter(|seed| contradicted(*seed, truth, sessions))
                .count();
            assert!(wrong <= 10, "{wrong} of 200 at {truth}");
        }
    }

    fn contradicted(seed: u64, truth: f64, sessions: u32) -> bool {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut evidence = Evidence::default();
        (0..200).any(|_| {
            let met = (0..sessions).filter(|_| rng.random_bool(truth)).count();
            evidence.add(u32::try_from(met).expect("few"), sessions);
            evidence.side(truth, 0.95, 1).is_some()
        })
    }

    proptest! {
        #[test]
        fn the_share_lies_within_its_interval(runs in prop::collection::vec((0_u32..=9, 9_u32..12), 1..60)) {
            let mut evidence = Evidence::default();
            for (met, count) in &runs {
                evidence.add(*met, *count);
            }
            let found = evidence.estimate(0.95);
            prop_assert!(0.0 <= found.low && found.low <= found.share + 1e-9, "{found:?}");
            prop_assert!(found.share <= found.high + 1e-9 && found.high <= 1.0, "{found:?}");
        }

        #[test]
        fn a_side_is_where_the_interval_lies(met in 0_u32..200, target in 0.05_f64..0.95) {
            let evidence = of(&[(1, 1, met), (0, 1, 200 - met)]);
            let found = evidence.estimate(0.95);
            let side = evidence.side(target, 0.95, 1);
            prop_assert_eq!(side == Some(Side::AtLeast), found.low >= target - 1e-9);
            prop_assert_eq!(side == Some(Side::Below), found.high <= target + 1e-9);
        }
    }
}

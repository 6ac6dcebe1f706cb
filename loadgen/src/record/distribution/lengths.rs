//! Lengths of time in whole microseconds: one by one while they are few, in a histogram when they are many.

use std::borrow::Cow;
use std::mem;

use hdrhistogram::Histogram;

/// So many lengths are kept one by one: 32 KB, a seventh of what a histogram takes.
const MOST_KEPT: usize = 4096;

/// The longest length of time that a histogram distinguishes from longer ones, in microseconds.
const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;

/// Lengths in microseconds.
#[derive(Clone, Debug)]
pub(super) enum Lengths {
    /// In the order in which they came.
    Few(Vec<u64>),
    /// To three significant digits, from a microsecond to a day.
    Many(Histogram<u64>),
}

/// The same in the order of their length.
#[derive(Debug)]
pub(super) enum Sorted<'l> {
    Few(Vec<u64>),
    Many(&'l Histogram<u64>),
}

impl Default for Lengths {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Lengths {
    pub(super) fn with_room(lengths: usize) -> Self {
        Self::Few(Vec::with_capacity(lengths.min(MOST_KEPT)))
    }

    pub(super) fn add(&mut self, us: u64) {
        match self {
            Self::Few(lengths) if lengths.len() < MOST_KEPT => lengths.push(us),
            Self::Few(_) => self.histogram().saturating_record(us.max(1)),
            Self::Many(histogram) => histogram.saturating_record(us.max(1)),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        match other {
            Self::Few(lengths) => lengths.iter().for_each(|us| self.add(*us)),
            Self::Many(others) => {
                let added = self.histogram().add(others);
                added.expect("all histograms have the same bounds");
            }
        }
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Few(lengths) => lengths.len() as u64,
            Self::Many(histogram) => histogram.len(),
        }
    }

    /// How many are at least this long.
    pub(super) fn count_from(&self, least: u64) -> u64 {
        match self {
            Self::Few(lengths) => lengths.iter().filter(|us| **us >= least).count() as u64,
            Self::Many(histogram) => histogram.count_between(least, u64::MAX),
        }
    }

    pub(super) fn sorted(&self) -> Sorted<'_> {
        match self {
            Self::Few(lengths) => {
                let mut lengths = lengths.clone();
                lengths.sort_unstable();
                Sorted::Few(lengths)
            }
            Self::Many(histogram) => Sorted::Many(histogram),
        }
    }

    /// A histogram of nothing.
    pub(super) fn none() -> Histogram<u64> {
        let histogram = Histogram::new_with_bounds(1, DAY_US, 3);
        histogram.expect("bounds that are in order")
    }

    /// The histogram of them all.
    pub(super) fn counted(&self) -> Cow<'_, Histogram<u64>> {
        match self {
            Self::Few(lengths) => Cow::Owned(of(lengths)),
            Self::Many(histogram) => Cow::Borrowed(histogram),
        }
    }

    /// The histogram of them all, from now on.
    fn histogram(&mut self) -> &mut Histogram<u64> {
        if let Self::Few(lengths) = self {
            let kept = mem::take(lengths);
            *self = Self::Many(of(&kept));
        }
        match self {
            Self::Many(histogram) => histogram,
            Self::Few(_) => unreachable!("they are many now"),
        }
    }
}

/// The histogram of these lengths in microseconds.
fn of(lengths: &[u64]) -> Histogram<u64> {
    let mut histogram = Lengths::none();
    for us in lengths {
        histogram.saturating_record((*us).max(1));
    }
    histogram
}

impl Sorted<'_> {
    /// The length at a rank, counted from one to their number.
    pub(super) fn at_rank(&self, rank: u64) -> u64 {
        match self {
            Self::Few(lengths) => {
                let index = usize::try_from(rank - 1).unwrap_or(usize::MAX);
                lengths.get(index).copied().unwrap_or_default()
            }
            Self::Many(histogram) => {
                let mut seen = 0;
                let at = histogram.iter_recorded().find(|step| {
                    seen += step.count_at_value();
                    seen >= rank
                });
                let us = at.map_or(0, |step| step.value_iterated_to());
                let low = histogram.lowest_equivalent(us);
                roundest(low, histogram.highest_equivalent(us))
            }
        }
    }
}

/// The number from `low` to `high` that has the fewest digits; of several, the one in the middle. A histogram does not
/// distinguish these numbers. One of three digits, as 400 ms, is what it was.
fn roundest(low: u64, high: u64) -> u64 {
    let steps = (0..=19).rev().map(|digits| 10_u64.pow(digits));
    let mut fitting = steps.filter(|step| high / step * step >= low);
    let step = fitting.next().unwrap_or(1);
    let middle = u64::midpoint(low, high);
    let below = middle / step * step;
    let above = below.saturating_add(step);
    if below >= low && (above > high || middle - below <= above - middle) {
        below
    } else {
        above
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As many as make a histogram, all alike.
    fn many(us: u64) -> Lengths {
        let mut lengths = Lengths::default();
        (0..=MOST_KEPT).for_each(|_| lengths.add(us));
        assert!(matches!(lengths, Lengths::Many(_)));
        lengths
    }

    #[test]
    fn few_are_kept_as_they_were() {
        let mut lengths = Lengths::default();
        for us in [1_234_567, 400_127, 3] {
            lengths.add(us);
        }
        let sorted = lengths.sorted();
        let ranks = [1, 2, 3].map(|rank| sorted.at_rank(rank));
        assert_eq!(ranks, [3, 400_127, 1_234_567]);
        assert_eq!(lengths.count_from(400_127), 2);
    }

    #[test]
    fn a_number_in_a_bucket_has_no_more_digits_than_it_needs() {
        assert_eq!(roundest(399_872, 400_127), 400_000);
        assert_eq!(roundest(1_236_992, 1_238_015), 1_238_000);
        assert_eq!(roundest(7, 7), 7);
        assert_eq!(roundest(0, 3), 0);
    }

    proptest! {
        #[test]
        fn three_digits_come_back_from_many(digits in 1_u64..1000, zeros in 0_u32..8) {
            let us = digits * 10_u64.pow(zeros);
            prop_assert_eq!(many(us).sorted().at_rank(1), us);
        }

        #[test]
        fn a_length_among_many_is_right_to_a_thousandth(us in 1_u64..DAY_US) {
            let found = many(us).sorted().at_rank(1);
            prop_assert!(found.abs_diff(us) * 1000 <= us, "{found} for {us}");
        }

        #[test]
        fn merging_is_adding_one_by_one(
            few in prop::collection::vec(0_u64..10_000_000, 0..200),
            times in 1_usize..50,
        ) {
            let mut one_by_one = Lengths::default();
            let mut merged = Lengths::default();
            let mut part = Lengths::default();
            for us in &few {
                part.add(*us);
            }
            for _ in 0..times {
                for us in &few {
                    one_by_one.add(*us);
                }
                merged.merge(&part);
            }
            let ranks = 1..=one_by_one.len();
            let (one_by_one, merged) = (one_by_one.sorted(), merged.sorted());
            for rank in ranks.step_by(97) {
                prop_assert_eq!(one_by_one.at_rank(rank), merged.at_rank(rank));
            }
        }
    }
}

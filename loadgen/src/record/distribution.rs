//! A distribution of lengths of time, some of which may be "never".
//!
//! A session that fails never gets its token, and "never" is greater than every number: a percentile of
//! `time_to_token_ms` that falls on a failure is `null`. An expectation of the sessions that succeed names
//! `time_to_token_succeeded_ms`, as `scheduled-jobs.toml` does: half of its Azure CLI jobs fail, so the p99 of all is "never".

mod encoded;
mod hdr;
mod lengths;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::encoded::Encoded;
use self::lengths::{Lengths, Sorted};

/// Lengths of time, in whole microseconds, and a count of "never".
#[derive(Clone, Debug)]
pub(crate) struct Distribution {
    lengths: Lengths,
    shortest: Duration,
    longest: Duration,
    never: u64,
}

/// Percentiles in milliseconds. Null is "never" where there was anything, and "nothing" elsewhere. `min` and `max` are as
/// they were; so are the others, if there are 4096 or fewer, and else they are right to three significant digits and
/// have no more than they need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Percentiles {
    /// The shortest.
    pub min: Option<f64>,
    /// Half took at most this long.
    pub p50: Option<f64>,
    /// Nine in ten.
    pub p90: Option<f64>,
    /// 99 in 100.
    pub p99: Option<f64>,
    /// 999 in 1000.
    pub p999: Option<f64>,
    /// The longest.
    pub max: Option<f64>,
}

/// One point of a percentile curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CurvePoint {
    /// Per cent of all, from 0 to 100.
    pub percentile: f64,
    /// So many per cent took at most this long; null: "never".
    pub ms: Option<f64>,
}

/// The percentiles of a curve, in thousandths: every five per cent, and the far end more finely.
const CURVE: [u16; 24] = [
    0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900,
    950, 975, 990, 999, 1000,
];

impl Default for Distribution {
    fn default() -> Self {
        Self {
            lengths: Lengths::default(),
            shortest: Duration::MAX,
            longest: Duration::ZERO,
            never: 0,
        }
    }
}

impl Distribution {
    /// Nothing yet, with room for so many lengths, as long as they are few.
    pub(crate) fn with_room(lengths: usize) -> Self {
        Self {
            lengths: Lengths::with_room(lengths),
            ..Self::default()
        }
    }

    /// Counts a length of time. Among many, what is longer than a day counts as a day in percentiles.
    pub(crate) fn add(&mut self, length: Duration) {
        let us = u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        self.lengths.add(us);
        self.shortest = self.shortest.min(length);
        self.longest = self.longest.max(length);
    }

    /// Counts things that did not come about.
    pub(crate) fn add_never(&mut self, times: u64) {
        self.never += times;
    }

    /// Adds what the other has counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.lengths.merge(&other.lengths);
        self.shortest = self.shortest.min(other.shortest);
        self.longest = self.longest.max(other.longest);
        self.never += other.never;
    }

    /// The shortest length, if there was any.
    #[must_use]
    pub(crate) fn shortest(&self) -> Option<Duration> {
        (self.lengths.len() > 0).then_some(self.shortest)
    }

    /// How many lengths are at least this long; among many, to three significant digits.
    #[must_use]
    pub(crate) fn count_from(&self, length: Duration) -> u64 {
        let us = u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        self.lengths.count_from(us)
    }

    /// As results store it.
    #[must_use]
    pub(crate) fn encoded(&self) -> Encoded {
        let count = self.lengths.len();
        let some = |length| (count > 0).then(|| ms(length));
        Encoded {
            count,
            never: self.never,
            min_ms: some(self.shortest),
            max_ms: some(self.longest),
            hdr_v2: (count > 0).then(|| hdr::text(&self.lengths.counted())),
        }
    }

    /// What a result stores. Its percentiles are those of a histogram, however few lengths there are.
    ///
    /// # Errors
    /// If it is not what [`Self::encoded`] makes: what was expected.
    pub(crate) fn decoded(encoded: &Encoded) -> Result<Self, &'static str> {
        let Encoded {
            count,
            never,
            min_ms,
            max_ms,
            hdr_v2,
        } = encoded;
        let (Some(min_ms), Some(max_ms), Some(text)) = (min_ms, max_ms, hdr_v2) else {
            let none = Self {
                never: *never,
                ..Self::default()
            };
            return (*count == 0)
                .then_some(none)
                .ok_or("`min_ms`, `max_ms` and `hdr_v2`");
        };
        let histogram = hdr::read(text, &Lengths::none())?;
        if histogram.len() != *count {
            return Err("`count` to be that of `hdr_v2`");
        }
        let of = |ms: f64| Duration::try_from_secs_f64((ms * 1e3).round() / 1e6);
        match (of(*min_ms), of(*max_ms)) {
            (Ok(shortest), Ok(longest)) if shortest <= longest => Ok(Self {
                lengths: Lengths::Many(histogram),
                shortest,
                longest,
                never: *never,
            }),
            _ => Err("`min_ms` up to `max_ms`"),
        }
    }

    /// The percentiles of all, "never" being longer than any length.
    #[must_use]
    pub(crate) fn percentiles(&self) -> Percentiles {
        self.percentiles_among(self.lengths.len() + self.never)
    }

    /// The percentiles of the lengths alone.
    #[must_use]
    pub(crate) fn percentiles_without_never(&self) -> Percentiles {
        self.percentiles_among(self.lengths.len())
    }

    /// The percentiles of all as a curve; of nothing there is none.
    #[must_use]
    pub(crate) fn curve(&self) -> Vec<CurvePoint> {
        let all = self.lengths.len() + self.never;
        let sorted = self.lengths.sorted();
        let points = CURVE.iter().filter(|_| all > 0);
        let points = points.map(|thousandths| CurvePoint {
            percentile: f64::from(*thousandths) / 10.0,
            ms: self.at_rank(&sorted, rank(all, (*thousandths).into()).max(1)),
        });
        points.collect()
    }

    fn percentiles_among(&self, all: u64) -> Percentiles {
        let sorted = self.lengths.sorted();
        let at_rank = |rank| self.at_rank(&sorted, rank);
        Percentiles {
            min: at_rank(1),
            p50: at_rank(rank(all, 500)),
            p90: at_rank(rank(all, 900)),
            p99: at_rank(rank(all, 990)),
            p999: at_rank(rank(all, 999)),
            max: at_rank(all),
        }
    }

    /// The length at a rank, counted from one, in milliseconds.
    fn at_rank(&self, sorted: &Sorted<'_>, rank: u64) -> Option<f64> {
        let counted = self.lengths.len();
        match rank {
            0 => None,
            _ if rank > counted => None,
            1 => Some(ms(self.shortest)),
            _ if rank == counted => Some(ms(self.longest)),
            _ => {
                let length = Duration::from_micros(sorted.at_rank(rank));
                Some(ms(length.clamp(self.shortest, self.longest)))
            }
        }
    }
}

/// The nearest rank of a quantile in thousandths, from 1 to `all`: the smallest that has at least that
/// part at or below it. So a median of an even number is the lower of both middle ones. It is 0 for the
/// quantile 0 and of nothing.
pub(crate) fn rank(all: u64, thousandths: u64) -> u64 {
    (all * thousandths).div_ceil(1000)
}

/// Milliseconds with whole microseconds, as all results give lengths of time.
#[must_use]
pub(crate) fn ms(length: Duration) -> f64 {
    let us =
        u32::try_from(length.as_micros()).map_or_else(|_| length.as_secs_f64() * 1e6, f64::from);
    us.round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(lengths_ms: &[u64], never: u64) -> Distribution {
        let mut distribution = Distribution::default();
        for ms in lengths_ms {
            distribution.add(Duration::from_millis(*ms));
        }
        distribution.add_never(never);
        distribution
    }

    #[test]
    fn nothing_has_no_percentiles() {
        assert_eq!(
            Distribution::default().percentiles(),
            Percentiles::default()
        );
    }

    #[test]
    fn what_is_no_histogram_is_refused() {
        let good = of(&[10, 20], 1).encoded();
        let refused = |change: fn(&mut Encoded)| {
            let mut encoded = good.clone();
            change(&mut encoded);
            Distribution::decoded(&encoded).expect_err("wrong")
        };
        assert!(refused(|it| it.count = 3).contains("`count`"));
        assert!(refused(|it| it.hdr_v2 = None).contains("`hdr_v2`"));
        assert!(refused(|it| it.min_ms = Some(21.0)).contains("`min_ms`"));
        for text in ["", "no base64", "AAAA", "HISTFAAAAA94nAMAAAAAAQ=="] {
            let mut encoded = good.clone();
            encoded.hdr_v2 = Some(text.to_owned());
            let expected = Distribution::decoded(&encoded).expect_err("wrong");
            assert!(expected.contains("HdrHistogram V2"), "{text}");
        }
    }

    #[test]
    fn a_percentile_that_falls_on_a_failure_is_never() {
        let some = of(&[10, 20, 30], 7).percentiles();
        assert_eq!(some.min, Some(10.0));
        assert_eq!((some.p50, some.max), (None, None));
        let most = of(&[10; 90], 10).percentiles();
        assert_eq!((most.p90, most.p99), (Some(10.0), None));
    }

    #[test]
    fn failures_do_not_count_among_the_succeeded() {
        let some = of(&[10, 20, 30], 7).percentiles_without_never();
        assert_eq!(
            (some.min, some.p50, some.max),
            (Some(10.0), Some(20.0), Some(30.0))
        );
    }

    #[test]
    fn a_curve_goes_up_and_ends_with_never_where_some_failed() {
        let curve = of(&[10, 20, 30], 1).curve();
        let at = |percentile: f64| {
            let point = curve
                .iter()
                .find(|point| (point.percentile - percentile).abs() < 0.01);
            point.expect("a point of the curve").ms
        };
        assert_eq!((at(0.0), at(75.0)), (Some(10.0), Some(30.0)));
        assert_eq!((at(80.0), at(100.0)), (None, None));
        assert!(curve.is_sorted_by_key(|point| point.percentile));
        assert_eq!(Distribution::default().curve(), []);
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_the_sorted_list(mut lengths in prop::collection::vec(1_u64..1_000_000, 1..200)) {
            let found = of(&lengths, 0).percentiles();
            lengths.sort_unstable();
            for (thousandths, value) in [(500, found.p50), (900, found.p90), (990, found.p99), (999, found.p999)] {
                let index = usize::try_from(rank(lengths.len() as u64, thousandths)).expect("small") - 1;
                let exact = ms(Duration::from_millis(lengths[index]));
                prop_assert_eq!(value, Some(exact));
            }
        }

        /// Pooled in histograms, percentiles are right to a thousandth, and the shortest and the longest exactly.
        #[test]
        fn what_is_stored_is_added_to_a_thousandth(
            parts in prop::collection::vec((prop::collection::vec(1_u64..100_000_000, 0..60), 0_u64..4), 1..6),
        ) {
            let mut pooled = Distribution::default();
            let mut merged = Distribution::default();
            for (lengths_us, never) in &parts {
                let mut part = Distribution::default();
                for us in lengths_us {
                    part.add(Duration::from_micros(*us));
                }
                part.add_never(*never);
                pooled.merge(&part);
                merged.merge(&Distribution::decoded(&part.encoded()).expect("what was encoded"));
            }
            for percentiles in [Distribution::percentiles, Distribution::percentiles_without_never] {
                let (exact, found) = (percentiles(&pooled), percentiles(&merged));
                prop_assert_eq!((exact.min, exact.max), (found.min, found.max));
                for (exact, found) in [(exact.p50, found.p50), (exact.p90, found.p90), (exact.p99, found.p99), (exact.p999, found.p999)] {
                    prop_assert_eq!(exact.is_some(), found.is_some());
                    let (exact, found) = (exact.unwrap_or_default(), found.unwrap_or_default());
                    prop_assert!((exact - found).abs() * 1000.0 <= exact, "{} for {}", found, exact);
                }
            }
        }

        #[test]
        fn merging_is_counting_together(a in prop::collection::vec(1_u64..1000, 0..50), b in prop::collection::vec(1_u64..1000, 0..50)) {
            let mut merged = of(&a, 2);
            merged.merge(&of(&b, 3));
            prop_assert_eq!(merged.percentiles(), of(&[a, b].concat(), 5).percentiles());
        }
    }
}

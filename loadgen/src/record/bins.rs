//! When attempts were sent, more finely than by the second, in a number of bins that does not grow.

use std::time::Duration;

use super::attempt::Answer;

/// The width of a bin as long as a run is short.
const NARROWEST: Duration = Duration::from_millis(100);

/// The most bins: a minute of the narrowest.
const MOST: usize = 600;

/// Counts in bins of one width. When a run grows beyond the bins, each two of them become one.
#[derive(Clone, Debug)]
pub(crate) struct Bins {
    width: Duration,
    bins: Vec<Bin>,
}

/// The counts of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bin {
    /// First attempts sent.
    pub first: u64,
    /// Retries sent.
    pub retries: u64,
    /// Attempts that got a token.
    pub granted: u64,
    pub refused: u64,
}

impl Default for Bins {
    fn default() -> Self {
        Self {
            width: NARROWEST,
            bins: vec![],
        }
    }
}

impl Bins {
    pub(super) fn sent(&mut self, retry_index: u32, at: Duration) {
        let bin = self.at(at);
        if retry_index == 0 {
            bin.first += 1;
        } else {
            bin.retries += 1;
        }
    }

    pub(super) fn answered(&mut self, answer: Answer, at: Duration) {
        let bin = self.at(at);
        match answer {
            Answer::Granted => bin.granted += 1,
            Answer::Refused(_) => bin.refused += 1,
            Answer::Status(_) | Answer::None(_) => {}
        }
    }

    /// Adds the counts of another, whose bins may be wider.
    pub(super) fn absorb(&mut self, other: &Self) {
        while self.width < other.width {
            self.widen();
        }
        for (index, bin) in (0_u32..).zip(&other.bins) {
            let sum = self.at(other.width * index);
            *sum = Bin::sum(&[*sum, *bin]);
        }
    }

    /// The width of every bin.
    #[must_use]
    pub(crate) fn width(&self) -> Duration {
        self.width
    }

    /// The bins from the run's start on, without gaps.
    #[must_use]
    pub(crate) fn bins(&self) -> &[Bin] {
        &self.bins
    }

    fn at(&mut self, at: Duration) -> &mut Bin {
        while self.index(at) >= MOST {
            self.widen();
        }
        let index = self.index(at);
        if index >= self.bins.len() {
            self.bins.resize(index + 1, Bin::default());
        }
        &mut self.bins[index]
    }

    fn index(&self, at: Duration) -> usize {
        usize::try_from(at.as_nanos() / self.width.as_nanos()).unwrap_or(usize::MAX)
    }

    fn widen(&mut self) {
        self.width *= 2;
        self.bins = self.bins.chunks(2).map(Bin::sum).collect();
    }
}

impl Bin {
    fn sum(bins: &[Self]) -> Self {
        bins.iter().fold(Self::default(), |sum, bin| Self {
            first: sum.first + bin.first,
            retries: sum.retries + bin.retries,
            granted: sum.granted + bin.granted,
            refused: sum.refused + bin.refused,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the order in which times come, the bins are few, lose nothing, and hold what
        /// belongs into them.
        #[test]
        fn bins_stay_few_and_lose_nothing(times_ms in prop::collection::vec(0_u64..100_000_000, 1..200)) {
            let mut bins = Bins::default();
            for ms in &times_ms {
                bins.sent(1, Duration::from_millis(*ms));
            }
            prop_assert!(bins.bins().len() <= MOST);
            let width = u64::try_from(bins.width().as_millis()).expect("small");
            for (index, bin) in (0_u64..).zip(bins.bins()) {
                let inside = times_ms.iter().filter(|ms| **ms / width == index).count();
                prop_assert_eq!(bin.retries, inside as u64);
            }
        }
    }
}

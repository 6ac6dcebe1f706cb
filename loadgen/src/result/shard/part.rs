//! Which part of many runs a shard is.

use std::ops::Range;
use std::str::FromStr;

/// Shard `index` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub index: u32,
    pub of: u32,
}

impl Part {
    /// The numbers of its runs, of so many that are counted from zero. Parts follow each other, and their sizes differ by one
    /// at most.
    #[must_use]
    pub(crate) fn range(self, runs: u32) -> Range<u32> {
        let before = |parts: u32| {
            let before = u64::from(parts) * u64::from(runs) / u64::from(self.of.max(1));
            u32::try_from(before).unwrap_or(runs).min(runs)
        };
        before(self.index.saturating_sub(1))..before(self.index)
    }

    /// Its runs, counted from 1, and their seeds.
    #[must_use]
    pub(crate) fn told(self, first_seed: u64, runs: u32) -> String {
        let Range { start, end } = self.range(runs);
        let seed = |run: u32| first_seed.wrapping_add(run.into());
        let last = end.saturating_sub(1);
        format!(
            "runs {} to {end} of {runs}, seeds {} to {}",
            start + 1,
            seed(start),
            seed(last)
        )
    }

    /// The name of its file.
    #[must_use]
    pub(crate) fn file_name(self) -> String {
        let Self { index, of } = self;
        format!("shard-{index}-of-{of}.json")
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, of)| {
            let (index, of) = (index.parse().ok()?, of.parse().ok()?);
            (1..=of).contains(&index).then_some(Self { index, of })
        });
        numbers.ok_or_else(|| {
            "expected i/M, shard i of M, counted from 1: 1/6 is the first of six, 6/6 the last"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_all_runs_once_and_in_order(runs in 1_u32..=100_000, of in 1_u32..300) {
            let of = of.min(runs);
            let parts = (1..=of).map(|index| Part { index, of }.range(runs));
            let mut next = 0;
            for part in parts {
                prop_assert_eq!(part.start, next);
                prop_assert!([runs / of, runs / of + 1].contains(&(part.end - part.start)));
                next = part.end;
            }
            prop_assert_eq!(next, runs);
        }
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!("2/6".parse(), Ok(Part { index: 2, of: 6 }));
        for text in ["0/6", "7/6", "6", "a/6", "1/0", "-1/6", "1/6/6", ""] {
            assert!(text.parse::<Part>().is_err(), "{text}");
        }
        let told = Part { index: 2, of: 6 }.told(8, 600);
        assert_eq!(told, "runs 101 to 200 of 600, seeds 108 to 207");
    }
}

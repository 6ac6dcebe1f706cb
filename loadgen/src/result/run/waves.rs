//! The part of the result on refused sessions that retried together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::bins::{Bin, Bins};
use crate::record::distribution::ms;

/// So many waves are listed, the largest.
const LISTED: usize = 20;

/// Waves of retries: bins in a row, in each of which at least one retry was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Waves {
    /// How many waves there were.
    pub count: u64,
    /// The most retries that were sent in one wave.
    pub most_retries: u64,
    /// The most retries that were sent in one bin.
    pub most_retries_in_bin: u64,
    /// The largest waves, 20 at most, in the order of time.
    pub largest: Vec<Wave>,
    /// The width of a bin: 100 ms in the first minute of a run, and doubled whenever a run outgrows
    /// 600 bins.
    pub bin_ms: f64,
    /// What was sent and answered in each bin in which anything was.
    pub bins: Vec<BinResult>,
}

/// Retries that came together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Wave {
    /// The beginning of its first bin.
    pub from_ms: f64,
    /// The end of its last bin.
    pub to_ms: f64,
    /// How long it was.
    pub lasts_ms: f64,
    /// The retries sent in it.
    pub retries: u64,
    /// The most of them in one bin.
    pub most_in_bin: u64,
}

/// The counts of one bin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BinResult {
    /// When it begins.
    pub at_ms: f64,
    /// First attempts sent.
    pub first: u64,
    /// Retries sent.
    pub retries: u64,
    /// Attempts that got a token.
    pub granted: u64,
    /// Attempts refused.
    pub refused: u64,
}

impl Waves {
    pub(super) fn new(bins: &Bins) -> Self {
        let waves = waves(bins);
        Self {
            count: waves.len() as u64,
            most_retries: most(&waves, |wave| wave.retries),
            most_retries_in_bin: most(&waves, |wave| wave.most_in_bin),
            largest: largest(waves),
            bin_ms: ms(bins.width()),
            bins: filled(bins),
        }
    }
}

fn waves(bins: &Bins) -> Vec<Wave> {
    let mut waves = vec![];
    let mut from = 0;
    for run in bins.bins().split_inclusive(|bin| bin.retries == 0) {
        let beating = run.iter().filter(|bin| bin.retries > 0).count();
        if beating > 0 {
            waves.push(wave(bins, from, &run[..beating]));
        }
        from += run.len();
    }
    waves
}

/// The wave of these bins, the first of which has the number `from`.
fn wave(bins: &Bins, from: usize, run: &[Bin]) -> Wave {
    let retries = run.iter().map(|bin| bin.retries);
    Wave {
        from_ms: begin_ms(bins, from),
        to_ms: begin_ms(bins, from + run.len()),
        lasts_ms: begin_ms(bins, run.len()),
        retries: retries.clone().sum(),
        most_in_bin: retries.max().unwrap_or_default(),
    }
}

fn largest(mut waves: Vec<Wave>) -> Vec<Wave> {
    waves.sort_by_key(|wave| std::cmp::Reverse(wave.retries));
    waves.truncate(LISTED);
    waves.sort_by(|a, b| a.from_ms.total_cmp(&b.from_ms));
    waves
}

fn filled(bins: &Bins) -> Vec<BinResult> {
    let numbered = bins.bins().iter().enumerate();
    let filled = numbered.filter(|(_, bin)| **bin != Bin::default());
    let result = filled.map(|(number, bin)| BinResult {
        at_ms: begin_ms(bins, number),
        first: bin.first,
        retries: bin.retries,
        granted: bin.granted,
        refused: bin.refused,
    });
    result.collect()
}

fn begin_ms(bins: &Bins, number: usize) -> f64 {
    ms(bins.width() * u32::try_from(number).expect("bins are few"))
}

fn most(waves: &[Wave], count: fn(&Wave) -> u64) -> u64 {
    waves.iter().map(count).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{GroupKind, Record, RequestKind, Sending, SessionId};
    use std::time::Duration;

    fn retries_at(times_ms: &[u64]) -> Waves {
        let mut record = Record::new([GroupKind::default()]);
        for at_ms in times_ms {
            let id = SessionId {
                session: 0,
                group: 0,
            };
            let sending = Sending {
                kind: RequestKind::Token,
                path: None,
                retry_index: 1,
                at: Duration::from_millis(*at_ms),
                waited: Duration::ZERO,
            };
            record.sent(id, &sending);
        }
        Waves::new(&record.bins)
    }

    #[test]
    fn bins_in_a_row_are_one_wave() {
        let waves = retries_at(&[0, 820, 899, 900, 2000]);
        assert_eq!((waves.count, waves.most_retries), (3, 3));
        assert_eq!(waves.most_retries_in_bin, 2);
        let second = waves.largest[1];
        assert_eq!(
            (second.from_ms, second.to_ms, second.lasts_ms),
            (800.0, 1000.0, 200.0)
        );
    }

    #[test]
    fn only_the_largest_are_listed_in_their_order() {
        let small = (0..30).map(|n| n * 1000);
        let large = [5010, 5020, 7010];
        let waves = retries_at(&small.chain(large).collect::<Vec<_>>());
        assert_eq!((waves.count, waves.largest.len()), (30, LISTED));
        let of_more = waves.largest.iter().filter(|wave| wave.retries > 1);
        let found: Vec<_> = of_more.map(|wave| (wave.from_ms, wave.retries)).collect();
        assert_eq!(found, [(5000.0, 3), (7000.0, 2)]);
    }

    #[test]
    fn where_nobody_came_back_there_is_no_wave() {
        let waves = retries_at(&[]);
        assert_eq!(
            (waves.count, waves.largest, waves.bins),
            (0, vec![], vec![])
        );
    }
}

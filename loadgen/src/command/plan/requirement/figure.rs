//! The figures of one run that a plan can require something of.

use std::time::Duration;

use serde_json::Value;

use super::timed::{Timed, Within};
use crate::record::distribution::{Distribution, ms};
use crate::record::sample::{GroupSample, Sample};
use crate::result::paths;
use crate::result::run::RunResult;
use crate::result::sampled::makespan;
use crate::scenario::definition::Scenario;

/// A figure of one run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Figure {
    /// Made of the times of sessions or tokens: `run.within(60s)`, `run.p99.9`, `run.mean`.
    Summed { timed: Timed, summed: Summed },
    /// What is at this path of the result document.
    Path(String),
}

/// What is made of times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Summed {
    /// The share of them in time.
    Within(Within),
    /// So many per cent took at most this long, in milliseconds.
    Percentile(f64),
    /// Their mean in milliseconds; "never" if one of them did not come.
    Mean,
}

/// What is wrong with a path for this scenario.
pub(super) fn problem(path: &str, scenario: &Scenario) -> Option<String> {
    paths::check(&RunResult::empty(scenario), path).err()
}

impl Figure {
    /// Whether a sample does not have it.
    pub(super) fn needs_record(&self) -> bool {
        match self {
            Self::Summed { .. } => false,
            Self::Path(path) => !is_sampled(path),
        }
    }

    /// The figure of a run; infinity for "never".
    pub(super) fn of(&self, scenario: &Scenario, sample: &Sample, document: Option<&Value>) -> f64 {
        match (self, document) {
            (Self::Summed { timed, summed }, _) => summed.of(timed, scenario, sample),
            (Self::Path(path), Some(document)) if !is_sampled(path) => {
                paths::number(document, path)
            }
            (Self::Path(path), _) => sampled(path, sample),
        }
    }

    /// How many times of a run it is made of; of a path, the tokens that are awaited.
    pub(in crate::command::plan) fn timed(&self, scenario: &Scenario, sample: &Sample) -> u64 {
        match self {
            Self::Summed { timed, .. } => {
                let groups = timed.groups(scenario, sample);
                groups.map(|group| timed.count(group)).sum()
            }
            Self::Path(_) => {
                let tokens =
                    |group: &GroupSample| group.times_to_token.len() as u64 + group.tokens_never;
                sample.awaited().map(tokens).sum()
            }
        }
    }

    /// The least number of things whose percentile is not just their slowest; none: it is no percentile.
    pub(in crate::command::plan) fn fewest(&self) -> Option<f64> {
        let percentile = match self {
            Self::Summed {
                summed: Summed::Percentile(percentile),
                ..
            } => *percentile,
            Self::Summed { .. } => return None,
            Self::Path(path) => match path.rsplit_once('.')?.1 {
                "p90" => 90.0,
                "p99" => 99.0,
                "p999" => 99.9,
                _ => return None,
            },
        };
        (percentile < 100.0).then(|| 100.0 / (100.0 - percentile))
    }
}

impl Summed {
    fn of(self, of: &Timed, scenario: &Scenario, sample: &Sample) -> f64 {
        let groups: Vec<&GroupSample> = of.groups(scenario, sample).collect();
        let mut times: Vec<Duration> = groups
            .iter()
            .flat_map(|group| of.times(group))
            .copied()
            .collect();
        let count: u64 = groups.iter().map(|group| of.count(group)).sum();
        match self {
            Self::Within(within) => {
                let met = times.iter().filter(|time| within.holds(**time)).count();
                number(met as u64) / number(count)
            }
            Self::Percentile(percentile) => {
                times.sort_unstable();
                let rank = (percentile / 100.0 * number(count) - 1e-9).ceil().max(1.0);
                let at_rank = (1_u64..)
                    .zip(times)
                    .find(|(place, _)| number(*place) >= rank);
                at_rank.map_or(f64::INFINITY, |(_, time)| ms(time))
            }
            Self::Mean if times.len() as u64 == count => ms(times.iter().sum()) / number(count),
            Self::Mean => f64::INFINITY,
        }
    }
}

/// Whether a sample has what is at this path of the result.
fn is_sampled(path: &str) -> bool {
    let figures = [
        "sessions.success_ratio",
        "sessions.failed",
        "sessions.succeeded",
        "makespan_ms",
    ];
    figures.contains(&path)
        || path.starts_with("time_to_token_ms.")
        || path.starts_with("time_to_token_succeeded_ms.")
}

/// The same number as the result has.
fn sampled(path: &str, sample: &Sample) -> f64 {
    let count = |of: fn(&GroupSample) -> u64| number(sample.awaited().map(of).sum());
    match path {
        "sessions.success_ratio" => count(|group| group.succeeded) / count(|group| group.total),
        "sessions.failed" => count(GroupSample::failed),
        "sessions.succeeded" => count(|group| group.succeeded),
        "makespan_ms" => makespan(sample).map_or(f64::INFINITY, ms),
        _ => percentile(path, sample),
    }
}

fn percentile(path: &str, sample: &Sample) -> f64 {
    let mut times = Distribution::default();
    for group in sample.awaited() {
        group
            .times_to_token
            .iter()
            .for_each(|time| times.add(*time));
        times.add_never(group.tokens_never);
    }
    let (of, name) = path.split_once('.').unwrap_or((path, ""));
    let percentiles = match of {
        "time_to_token_ms" => times.percentiles(),
        _ => times.percentiles_without_never(),
    };
    let found = match name {
        "min" => percentiles.min,
        "p50" => percentiles.p50,
        "p90" => percentiles.p90,
        "p99" => percentiles.p99,
        "p999" => percentiles.p999,
        _ => percentiles.max,
    };
    found.unwrap_or(f64::INFINITY)
}

#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}

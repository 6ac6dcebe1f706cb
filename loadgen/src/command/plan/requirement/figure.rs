//! The figures of one run that a plan can require something of.

use std::time::Duration;

use serde_json::Value;

use super::timed::{Timed, Within};
use crate::record::distribution::ms;
use crate::record::sample::{GroupSample, Sample};
use crate::result::judging::judge;
use crate::result::paths;
use crate::result::run::RunResult;
use crate::result::sampled::figure::{Reading, SampledFigure};
use crate::result::summary::reader::judge_found;
use crate::scenario::definition::Scenario;
use crate::scenario::expectation::Expectation;

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
    pub(super) fn needs_record(&self, scenario: &Scenario) -> bool {
        match self {
            Self::Summed { .. } => false,
            Self::Path(path) => SampledFigure::parse(scenario, path).is_none(),
        }
    }

    /// Whether it is as expected. A path is judged as a run is, "not measured" included; `document` is the run's result
    /// where its sample is not enough.
    pub(super) fn is_as(
        &self,
        expected: &Expectation,
        scenario: &Scenario,
        sample: &Sample,
        document: Option<&Value>,
    ) -> bool {
        match self {
            Self::Summed { timed, summed } => expected.holds(summed.of(timed, scenario, sample)),
            Self::Path(path) => match (SampledFigure::parse(scenario, path), document) {
                (Some(figure), _) => {
                    let found = Reading::new(scenario, sample).find(&figure);
                    judge_found(expected, found).met
                }
                (None, document) => document.is_some_and(|document| judge(expected, document).met),
            },
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

#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
fn number(count: u64) -> f64 {
    count as f64
}

//! What a summary of many runs takes of each of them.

use std::cmp::Ordering;

use serde_json::Value;

use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::{sample_of_seed, simulate};
use crate::record::sample::Sample;
use crate::result::judging;
use crate::result::run::RunResult;
use crate::result::sampled::figure::{Found, Reading, SampledFigure};
use crate::result::summary::failing::Cause;
use crate::result::verdict::Verdict;
use crate::scenario::definition::Scenario;
use crate::scenario::expectation::Expectation;

/// Reads the figures of a run that a summary has, and holds it against the scenario's expectations: from its sample if
/// that has all of them, which takes a small part of the time, and else from its whole result. Both give the same.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    figures: Vec<Path>,
    expectations: Vec<(Expectation, Option<SampledFigure>)>,
}

/// The path of a figure, and how it is read from a sample, if it is in one.
#[derive(Clone, Debug)]
struct Path {
    path: String,
    sampled: Option<SampledFigure>,
}

/// What a summary takes of one run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SummedRun {
    /// Whether all was as expected.
    pub passed: bool,
    /// The figures: infinity is "never"; what is not a number was not measured.
    pub figures: Vec<f64>,
    /// How each expectation fared.
    pub judged: Vec<Judged>,
    /// The most frequent failure of its sessions; none: no session failed.
    pub cause: Option<Cause>,
    pub badness: Badness,
}

/// How an expectation fared in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub met: bool,
    pub measured: bool,
}

/// How bad a run was: a ratio, two times and its seed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Badness {
    lost: f64,
    p99: f64,
    makespan: f64,
    pub seed: u64,
}

impl Reader {
    /// Of the figures at these paths.
    pub(super) fn new(scenario: &Scenario, paths: impl Iterator<Item = String>) -> Self {
        let figures = paths.map(|path| Path {
            sampled: SampledFigure::parse(scenario, &path),
            path,
        });
        let expectations = scenario.expectations.iter().map(|expectation| {
            let sampled = SampledFigure::parse(scenario, expectation.path());
            (expectation.clone(), sampled)
        });
        Self {
            figures: figures.collect(),
            expectations: expectations.collect(),
        }
    }

    /// Plays run number `run` of the scenario in virtual time: with its seed + `run`.
    ///
    /// # Errors
    /// If a policy hardly waits, so that virtual time does not advance.
    pub(crate) fn play(&self, scenario: &Scenario, run: u32) -> Result<SummedRun, SimulateError> {
        if !self.is_sampled() {
            let scenario = scenario.run(run);
            let result = RunResult::new(&scenario, &simulate(&scenario)?);
            return Ok(self.read(&result));
        }
        let seed = scenario.seed.wrapping_add(run.into());
        let sample = sample_of_seed(scenario, seed)?;
        Ok(self.read_sample(scenario, seed, &sample))
    }

    /// From the whole result.
    pub(crate) fn read(&self, result: &RunResult) -> SummedRun {
        let document: Value = result.to_json();
        let figures = self.figures.iter();
        let judged = result.expectations.iter().map(|judgement| Judged {
            met: judgement.met,
            measured: judgement.measured,
        });
        SummedRun {
            passed: result.verdict == Verdict::Passed,
            figures: figures
                .map(|figure| judging::figure(&document, &figure.path))
                .collect(),
            judged: judged.collect(),
            cause: cause(result),
            badness: Badness::of(
                result.sessions.success_ratio,
                result.time_to_token_ms.p99,
                result.makespan_ms,
                result.seed,
            ),
        }
    }

    /// Whether samples have all that is read.
    fn is_sampled(&self) -> bool {
        self.figures.iter().all(|figure| figure.sampled.is_some())
            && self.expectations.iter().all(|(_, figure)| figure.is_some())
    }

    fn read_sample(&self, scenario: &Scenario, seed: u64, sample: &Sample) -> SummedRun {
        let reading = Reading::new(scenario, sample);
        let find = |figure: &Option<SampledFigure>| {
            let found = figure.as_ref().map(|figure| reading.find(figure));
            found.unwrap_or(Found::NotMeasured)
        };
        let expectations = self.expectations.iter();
        let judged: Vec<Judged> = expectations
            .map(|(expectation, figure)| judge_found(expectation, find(figure)))
            .collect();
        let figures = self.figures.iter();
        SummedRun {
            passed: judged.iter().all(|judged| judged.met) && !sample.cut_short,
            figures: figures
                .map(|figure| number(&figure.path, find(&figure.sampled)))
                .collect(),
            judged,
            cause: cause_of_sample(scenario, sample),
            badness: Badness::of(
                reading.success_ratio(),
                reading.p99(),
                reading.makespan_ms(),
                seed,
            ),
        }
    }
}

fn cause(result: &RunResult) -> Option<Cause> {
    let groups = result.sessions.by_group.iter();
    let awaited = groups.filter(|(_, group)| !group.background);
    Cause::of(awaited.map(|(name, group)| (name.as_str(), &group.by_failure)))
}

fn cause_of_sample(scenario: &Scenario, sample: &Sample) -> Option<Cause> {
    let groups = scenario.groups.iter().zip(&sample.groups);
    let awaited = groups.filter(|(_, counts)| !counts.kind.background);
    Cause::of(awaited.map(|(group, counts)| (group.name.as_str(), &counts.by_failure)))
}

/// How an expectation of a figure fared, as [`judging::judge`] finds it.
pub(crate) fn judge_found(expectation: &Expectation, found: Found) -> Judged {
    let met = match found {
        Found::Number(number) => expectation.holds(number),
        Found::Never => expectation.holds(f64::INFINITY),
        Found::NotMeasured => judging::is_good_if_none(expectation.path()),
    };
    let measured = found != Found::NotMeasured;
    Judged { met, measured }
}

/// As [`judging::figure`] does.
fn number(path: &str, found: Found) -> f64 {
    match found {
        Found::Number(number) => number,
        Found::Never => f64::INFINITY,
        Found::NotMeasured => judging::not_measured(path),
    }
}

impl Badness {
    fn of(success_ratio: f64, p99: Option<f64>, makespan: Option<f64>, seed: u64) -> Self {
        let never = |ms: Option<f64>| ms.unwrap_or(f64::INFINITY);
        Self {
            lost: 1.0 - success_ratio,
            p99: never(p99),
            makespan: never(makespan),
            seed,
        }
    }

    pub(super) fn is_worse_than(&self, other: &Self) -> bool {
        let lost = self.lost.total_cmp(&other.lost);
        let p99 = self.p99.total_cmp(&other.p99);
        let makespan = self.makespan.total_cmp(&other.makespan);
        lost.then(p99).then(makespan) == Ordering::Greater
    }
}

#[cfg(test)]
mod tests;

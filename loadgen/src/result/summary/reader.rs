//! What a summary of many runs takes of each of them.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::{sample_of_seed, simulate};
use crate::record::sample::Sample;
use crate::result::judging;
use crate::result::run::RunResult;
use crate::result::sampled::figure::{Found, Reading, SampledFigure};
use crate::result::summary::failing::Cause;
use crate::result::summary::figure::{self, Figure};
use crate::result::verdict::Verdict;
use crate::scenario::definition::Scenario;
use crate::scenario::expectation::Expectation;

/// Reads the figures of a run that a summary has, and holds it against the scenario's expectations: from its sample if
/// that has all of them, which takes a small part of the time, and else from its whole result. Both give the same.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    figures: Vec<Path>,
    expectations: Vec<(Expectation, Option<SampledFigure>)>,
    is_fleet: bool,
}

/// The path of a figure, and how it is read from a sample, if it is in one.
#[derive(Clone, Debug)]
struct Path {
    path: String,
    sampled: Option<SampledFigure>,
}

/// What a summary takes of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SummedRun {
    /// Its seed, and how bad it was beside others.
    #[serde(flatten)]
    pub badness: Badness,
    /// Whether all was as expected.
    pub passed: bool,
    /// The figures in the order of their paths: a number, "never", or null for what was not measured.
    #[serde(with = "figure")]
    #[schemars(with = "Vec<Figure>")]
    pub figures: Vec<f64>,
    /// How each expectation fared.
    pub judged: Vec<Judged>,
    /// The most frequent failure of its sessions; null: no session failed.
    pub cause: Option<Cause>,
}

/// How an expectation fared in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Judged {
    /// Whether the figure was as expected.
    pub met: bool,
    /// Whether there was anything to measure.
    pub measured: bool,
}

/// How bad a run was: a ratio, two times and its seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Badness {
    /// Its seed.
    pub seed: u64,
    /// The share of the sessions that failed.
    lost: f64,
    /// The 99th percentile of the time to token in milliseconds; null: "never".
    p99_ms: Option<f64>,
    /// From the first intended start to the last token, in milliseconds; null: "never".
    makespan_ms: Option<f64>,
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
            is_fleet: scenario.is_fleet(),
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

    /// Whether samples have all that is read; a fleet has none.
    fn is_sampled(&self) -> bool {
        !self.is_fleet
            && self.figures.iter().all(|figure| figure.sampled.is_some())
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
        Self {
            seed,
            lost: 1.0 - success_ratio,
            p99_ms: p99,
            makespan_ms: makespan,
        }
    }

    pub(super) fn is_worse_than(&self, other: &Self) -> bool {
        let compare = |one: Option<f64>, other| never(one).total_cmp(&never(other));
        let lost = self.lost.total_cmp(&other.lost);
        let p99 = compare(self.p99_ms, other.p99_ms);
        let makespan = compare(self.makespan_ms, other.makespan_ms);
        lost.then(p99).then(makespan) == Ordering::Greater
    }
}

fn never(ms: Option<f64>) -> f64 {
    ms.unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests;

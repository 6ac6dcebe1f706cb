//! `imds-loadgen simulate`: runs a scenario in virtual time, once or many times.

use anyhow::anyhow;
use clap::Args;

use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::run_arguments::RunArguments;
use super::stopwatch::Stopwatch;
use crate::engine::pool::Cores;
use crate::engine::simulate;
use crate::record::raw::Raw;
use crate::report::Document;
use crate::report::console::Console;
use crate::report::csv;
use crate::report::made::Made;
use crate::result::in_words::change_for;
use crate::result::run::RunResult;
use crate::result::stored;
use crate::result::summary::Runs;
use crate::result::summary::failing::FailingRuns;
use crate::result::verdict::Verdict;
use crate::scenario::definition::Scenario;

/// `simulate`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Simulate {
    /// What to play.
    #[command(flatten)]
    pub arguments: RunArguments,
    /// Play this many times, with the seed, the seed + 1 and so on, and sum up.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: u32,
    /// Of many runs: tell of this figure too, by its path in the result document; may be given many times. If any is
    /// given, runs.csv has these alone.
    #[arg(long, value_name = "PATH")]
    pub figure: Vec<String>,
    /// What to hold the result against.
    #[command(flatten)]
    pub baseline: Baseline,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen simulate herd --client azure-powershell
  imds-loadgen simulate herd --no-expectations --runs 100 --out base
  imds-loadgen simulate herd --no-expectations --runs 100 --baseline base/summary.json";

impl Simulate {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        if self.runs == 1 {
            self.once(console)
        } else {
            self.often(console)
        }
    }

    fn once(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let arguments = &self.arguments;
        if !self.figure.is_empty() {
            return Err(Failure::expected("--runs N with --figure"));
        }
        let scenario = arguments.load()?;
        let base = self.baseline.load(stored::result)?;
        arguments.publishing.make_folder()?;
        let watch = Stopwatch::start();
        let mut result = RunResult::new(&scenario, &simulated(&scenario)?);
        let replay = arguments.replay("simulate", scenario.seed);
        result.replay = Some(replay.clone());
        let base = base.filter(|_| !result.cut_short);
        let comparison = self.baseline.compare(base.as_ref(), &result);
        let made = Made {
            replay: &replay,
            played: Some(watch.played()),
            comparison: of(&comparison),
        };
        arguments
            .publishing
            .publish(Document::Run(&result), made, console)?;
        let compared = hold(comparison?, arguments, console)?;
        Ok(result.verdict.and(compared))
    }

    fn often(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let (arguments, runs) = (&self.arguments, self.runs);
        let mut scenario = arguments.load()?;
        let base = self.baseline.load(stored::summary)?;
        let sum = Runs::new(&scenario, &self.figure);
        let mut sum = sum.map_err(|wrong| Failure::usage(anyhow!(wrong.join("\n"))))?;
        arguments.publishing.make_folder()?;
        scenario.traces = 0;
        let watch = Stopwatch::start();
        let reader = sum.reader();
        let play = |run| reader.play(&scenario, u32::try_from(run).unwrap_or(u32::MAX));
        for run in Cores::All.share(runs as usize, play, || ()) {
            sum.add(run.map_err(Failure::usage)?);
        }
        let table = csv::runs(scenario.seed, &sum.columns(&self.figure));
        let mut summary = sum.summary();
        if let Some(failing) = &mut summary.failing {
            failing.to_change = to_change(&scenario, failing)?;
        }
        summary.explained_by(|seed| arguments.replay("explain", seed));
        let replay = format!(
            "{} --runs {runs}",
            arguments.replay("simulate", scenario.seed)
        );
        summary.replay = Some(replay.clone());
        let comparison = self.baseline.compare(base.as_ref(), &summary);
        let made = Made {
            replay: &replay,
            played: Some(watch.played()),
            comparison: of(&comparison),
        };
        let (document, more) = (Document::Runs(&summary), vec![("runs.csv", table)]);
        arguments
            .publishing
            .publish_with(document, more, made, console)?;
        let compared = hold(comparison?, arguments, console)?;
        Ok(summary.verdict.and(compared))
    }
}

/// What to change in the first run of the most frequent failure.
fn to_change(scenario: &Scenario, failing: &FailingRuns) -> Result<Option<String>, Failure> {
    let run = failing.seed.wrapping_sub(scenario.seed);
    let scenario = scenario.run(u32::try_from(run).unwrap_or(u32::MAX));
    let result = RunResult::new(&scenario, &simulated(&scenario)?);
    Ok(change_for(&result, &failing.group, &failing.kind))
}

/// Plays the scenario in virtual time.
pub(super) fn simulated(scenario: &Scenario) -> Result<Raw, Failure> {
    simulate::simulate(scenario).map_err(Failure::usage)
}

//! `imds-loadgen simulate`: runs a scenario in virtual time, once or many times.

use std::ops::Range;
use std::path::Path;

use anyhow::anyhow;
use clap::Args;

use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::platform::platform;
use super::publishing::Publishing;
use super::run_arguments::RunArguments;
use super::stopwatch::Stopwatch;
use super::summed::Summed;
use crate::engine::pool::Cores;
use crate::engine::simulate;
use crate::record::raw::Raw;
use crate::report::console::Console;
use crate::report::files::write_alone;
use crate::report::format::Format;
use crate::report::made::Made;
use crate::report::{self, Document};
use crate::result::in_words::change_for;
use crate::result::run::RunResult;
use crate::result::shard::MOST_RUNS;
use crate::result::shard::part::Part;
use crate::result::shard::{FirstFailure, Shard, Whole, first_of_each};
use crate::result::stored::{self, LONGEST};
use crate::result::summary::failing::{Cause, FailingRuns};
use crate::result::summary::{Reader, Runs, Subject, SummedRun};
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
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_RUNS)))]
    pub runs: u32,
    /// Play only shard i of M of the runs, counted from 1, and write it into --out as shard-i-of-M.json. `merge` makes
    /// of all shards what the undivided runs give, expectations and exit code with it.
    #[arg(long, value_name = "i/M")]
    pub shard: Option<Part>,
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
  imds-loadgen simulate herd --no-expectations --runs 100 --baseline base/summary.json
  imds-loadgen simulate herd --no-expectations --runs 100 --shard 2/6 --out shards";

impl Simulate {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        match self.shard {
            Some(part) => self.part(part, console),
            None if self.runs == 1 => self.once(console),
            None => self.often(console),
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
        let mut result = RunResult::mergeable(&scenario, &mut simulated(&scenario)?);
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
        let compared = hold(comparison?, &arguments.publishing, console)?;
        Ok(result.verdict.and(compared))
    }

    fn often(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let arguments = &self.arguments;
        let mut scenario = arguments.load()?;
        let base = self.baseline.load(stored::summary)?;
        let subject = self.subject(&scenario)?;
        arguments.publishing.make_folder()?;
        scenario.traces = 0;
        let watch = Stopwatch::start();
        let reader = subject.reader(&scenario);
        let mut sum = Runs::of(subject);
        sum.extend(play(&scenario, &reader, 0..self.runs)?);
        let summed = Summed {
            command: &arguments.command_line(),
            first_seed: scenario.seed,
            publishing: &arguments.publishing,
            baseline: &self.baseline,
            base,
            watch: Some(watch),
        };
        let to_change = |failing: &FailingRuns| {
            let FailingRuns { group, kind, .. } = failing;
            to_change(&scenario, failing.seed, group, kind)
        };
        summed.publish(sum, to_change, console)
    }

    /// Plays a part of many runs, and writes it for `merge`.
    fn part(&self, part: Part, console: &mut Console) -> Result<Verdict, Failure> {
        let (arguments, runs) = (&self.arguments, self.runs);
        let folder = self.folder_of(part)?;
        let mut scenario = arguments.load()?;
        let subject = self.subject(&scenario)?;
        arguments.publishing.make_folder()?;
        scenario.traces = 0;
        let reader = subject.reader(&scenario);
        let played = play(&scenario, &reader, part.range(runs))?;
        let failures = failures(&scenario, &played)?;
        let command = arguments.command_line();
        let of = Whole::new(&scenario, platform(), (runs, part.of), command, subject);
        let text = report::json(&Shard::new(part, of, failures, played));
        if text.len() as u64 > LONGEST {
            let most = LONGEST >> 20;
            return Err(Failure::expected(&format!(
                "more shards, or fewer figures: this one is longer than the {most} MiB that merge reads"
            )));
        }
        let path = write_alone(folder, &part.file_name(), &text).map_err(Failure::could_not_run)?;
        let Part { index, of } = part;
        let (told, path) = (part.told(scenario.seed, runs), path.display());
        let line = format!("shard {index} of {of}: {told}: {path}\n");
        console.print(&line).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }

    /// The folder of a shard, of which nothing else is made: what the runs came to, all of them say together.
    fn folder_of(&self, part: Part) -> Result<&Path, Failure> {
        let Publishing {
            format,
            out,
            report,
        } = &self.arguments.publishing;
        let mut wrong = vec![];
        if self.runs < 2 || self.runs < part.of {
            let least = part.of.max(2);
            wrong.push(format!("--runs of {least} or more with --shard"));
        }
        if *format != Format::Text || !report.is_empty() || self.baseline.is_given() {
            wrong.push(
                "--format, --report, --baseline, --tolerance and --different with merge, not with --shard"
                    .to_owned(),
            );
        }
        if out.is_none() {
            wrong.push("--out DIR with --shard, for its file".to_owned());
        }
        match out {
            Some(folder) if wrong.is_empty() => Ok(folder),
            _ => Err(Failure::expected(&wrong.join("\nexpected "))),
        }
    }

    fn subject(&self, scenario: &Scenario) -> Result<Subject, Failure> {
        let subject = Subject::new(scenario, &self.figure);
        subject.map_err(|wrong| Failure::usage(anyhow!(wrong.join("\n"))))
    }
}

/// Plays the runs of these numbers on all cores.
fn play(
    scenario: &Scenario,
    reader: &Reader,
    numbers: Range<u32>,
) -> Result<Vec<SummedRun>, Failure> {
    let number = |place| {
        numbers
            .start
            .saturating_add(u32::try_from(place).unwrap_or(u32::MAX))
    };
    let play = |place| reader.play(scenario, number(place));
    let runs = Cores::All.share(numbers.len(), play, || ());
    runs.into_iter()
        .map(|run| run.map_err(Failure::usage))
        .collect()
}

/// The most frequent failures of a part of the runs: any may be the one of all.
fn failures(scenario: &Scenario, runs: &[SummedRun]) -> Result<Vec<FirstFailure>, Failure> {
    let first = |(cause, seed): (&Cause, u64)| {
        Ok(FirstFailure {
            to_change: to_change(scenario, seed, &cause.group, &cause.kind)?,
            cause: cause.clone(),
            seed,
        })
    };
    first_of_each(runs).into_iter().map(first).collect()
}

/// What to change in the run of this seed, in which this failure was the most frequent one.
fn to_change(
    scenario: &Scenario,
    seed: u64,
    group: &str,
    kind: &str,
) -> Result<Option<String>, Failure> {
    let run = seed.wrapping_sub(scenario.seed);
    let scenario = scenario.run(u32::try_from(run).unwrap_or(u32::MAX));
    let result = RunResult::new(&scenario, &simulated(&scenario)?);
    Ok(change_for(&result, group, kind))
}

/// Plays the scenario in virtual time.
pub(super) fn simulated(scenario: &Scenario) -> Result<Raw, Failure> {
    simulate::simulate(scenario).map_err(Failure::usage)
}

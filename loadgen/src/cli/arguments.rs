//! The command line.

use clap::{Parser, Subcommand};

use super::compare::Compare;
use super::completions::Complete;
use super::demo::DemoArguments;
use super::explain::Explain;
use super::herd::Herd;
use super::merge::Merge;
use super::report::Report;
use super::run::Run;
use super::scenarios::Scenarios;
use super::schema::PrintSchema;
use super::simulate::Simulate;
use super::ui::Ui;
use crate::command::check::command::Check;
use crate::command::import::arguments::ImportArguments;
use crate::command::plan::command::PlanArguments;
use crate::command::remedies::arguments::RemediesArguments;

/// Plays concurrent sessions against IMDS, in real and in virtual time, and judges them.
///
/// Exit codes: 0 every expectation is met; 1 one is not; 2 wrong usage or scenario; 3 could not run.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play a scenario in real time, against an embedded emulator or a target.
    Run(Run),
    /// Play a scenario in virtual time: the same decisions, in milliseconds.
    Simulate(Simulate),
    /// Put the shards of many runs together, as if they had been played undivided, or the results of several machines.
    Merge(Merge),
    /// Show in ten seconds what this is about: a herd that fails, and four remedies with what each costs.
    Demo(DemoArguments),
    /// List the scenarios that come with the program, print one, check one, or print its VM.
    #[command(visible_alias = "scenario")]
    Scenarios(Scenarios),
    /// Compare a result with an earlier one; exit code 1 if a figure got worse.
    Compare(Compare),
    /// Tell what one session of a result did, attempt by attempt.
    Explain(Explain),
    /// Render a result or a summary again, in any format.
    Report(Report),
    /// Print the JSON schema of a document.
    Schema(PrintSchema),
    /// Search in virtual time for what a VM can take.
    #[command(subcommand)]
    Plan(PlanArguments),
    /// Try every remedy on a scenario in virtual time, and say what to do.
    Remedies(RemediesArguments),
    /// Make a scenario of schedules that are there already, and name their worst minute.
    #[command(subcommand)]
    Import(ImportArguments),
    /// Grade any command as a client of IMDS: how it bears refusals, outages and a herd of its own.
    Check(Check),
    /// Run many processes of any command in the place of sessions, and report as `run` does.
    Herd(Herd),
    /// Serve a page on loopback: change jobs, limits and remedies, and see at once what becomes of it.
    Ui(Ui),
    /// Print a script that completes this command line in a shell.
    Completions(Complete),
    /// Ends process groups when standard input ends; `check` and `herd` start it.
    #[cfg(unix)]
    #[command(hide = true)]
    Guard,
}

#[cfg(test)]
mod tests;

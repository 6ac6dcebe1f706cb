//! The command line: a file for each command, with its arguments.

mod arguments;
mod asking;
mod baseline;
mod check;
mod compare;
mod completions;
mod demo;
mod exit;
mod explain;
mod failure;
mod herd;
mod import;
mod live;
mod merge;
mod plan;
mod platform;
mod publishing;
mod remedies;
mod report;
mod run;
mod run_arguments;
mod scenarios;
mod schema;
mod simulate;
mod stopwatch;
mod summed;
mod ui;

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Error, Parser};

use self::arguments::{Cli, Command};
use self::failure::Failure;
#[cfg(unix)]
use crate::command::check::guard::keep;
use crate::report::console::Console;
use crate::result::verdict::Verdict;

/// Does what the arguments ask for, the first of which is the program's name, and returns the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, console: &mut Console) -> u8 {
    let command = match Cli::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(usage) => return no_command(&advised(usage), console),
    };
    match perform(&command, console) {
        Ok(Verdict::Passed) => exit::OK,
        Ok(Verdict::Failed) => exit::NOT_MET,
        Err(failure) => failure.report(console),
    }
}

/// Says why, where shards are asked of what has none.
fn advised(mut usage: Error) -> Error {
    let argument = usage.get(ContextKind::InvalidArg);
    if argument == Some(&ContextValue::String("--shard".to_owned())) {
        let tip = "only `simulate --runs N` has shards: what `plan` and `remedies` play next depends on what they have seen";
        let tips = ContextValue::StyledStrs(vec![tip.into()]);
        usage.remove(ContextKind::SuggestedArg);
        usage.insert(ContextKind::Suggested, tips);
    }
    usage
}

/// Help was asked for, or the arguments are wrong.
fn no_command(usage: &Error, console: &mut Console) -> u8 {
    console.show_usage(usage);
    if usage.use_stderr() {
        exit::USAGE
    } else {
        exit::OK
    }
}

fn perform(command: &Command, console: &mut Console) -> Result<Verdict, Failure> {
    match command {
        Command::Run(arguments) => arguments.run(console),
        Command::Simulate(arguments) => arguments.run(console),
        Command::Merge(arguments) => arguments.run(console),
        Command::Demo(arguments) => arguments.run(console),
        Command::Scenarios(arguments) => arguments.run(console),
        Command::Compare(arguments) => arguments.run(console),
        Command::Explain(arguments) => arguments.run(console),
        Command::Report(arguments) => arguments.run(console),
        Command::Schema(arguments) => arguments.run(console),
        Command::Plan(plan) => plan::run(plan, console),
        Command::Remedies(arguments) => remedies::run(arguments, console),
        Command::Check(check) => check::run(check, console),
        Command::Herd(arguments) => arguments.run(console),
        Command::Import(asked) => import::run(asked, console),
        Command::Ui(arguments) => arguments.run(console),
        Command::Completions(arguments) => arguments.run(Cli::command(), console),
        #[cfg(unix)]
        Command::Guard => {
            keep(std::io::stdin().lock());
            Ok(Verdict::Passed)
        }
    }
}

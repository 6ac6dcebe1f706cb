//! The command line: what can be asked for, and which exit code tells how it went.
//!
//! Results go to stdout, everything else to stderr.

mod exit;
mod policies;
mod token;
mod waits;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use imds_client::Policy;

/// Gets tokens from the Azure Instance Metadata Service under contention.
#[derive(Debug, Parser)]
#[command(name = "imds-client", version, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Get one token and print it
    Token(token::Arguments),
    /// List the retry policies, or show one and how long it waits
    Policies(policies::Arguments),
}

/// Runs the command that the program was started with.
pub(crate) fn run() -> ExitCode {
    let code = match Arguments::try_parse() {
        Ok(arguments) => execute(&arguments.command),
        Err(error) => usage(&error),
    };
    ExitCode::from(code)
}

fn execute(command: &Command) -> u8 {
    let result = match command {
        Command::Token(arguments) => token::run(arguments),
        Command::Policies(arguments) => policies::run(arguments),
    };
    result.unwrap_or_else(|error| {
        report(&format!("{error:#}"));
        exit::COULD_NOT_RUN
    })
}

/// Prints what clap has to say: the help that was asked for, or what is wrong.
fn usage(error: &clap::Error) -> u8 {
    let code = if error.use_stderr() {
        exit::USAGE
    } else {
        exit::SUCCESS
    };
    if error.print().is_err() {
        exit::COULD_NOT_RUN
    } else {
        code
    }
}

/// The preset of a name given on the command line.
fn preset(name: &str) -> Result<Arc<Policy>, String> {
    let unknown = || "no such policy: `imds-client policies` lists them".to_owned();
    Policy::preset(name).ok_or_else(unknown)
}

/// Tells the user something that is not the result. Where stderr is closed there is no one to tell.
fn report(message: &str) {
    let _ = writeln!(io::stderr(), "imds-client: {message}");
}

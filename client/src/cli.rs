//! The command line: what can be asked for, and which exit code tells how it went.
//!
//! Results go to stdout, everything else to stderr.

mod attested;
mod completions;
mod connection;
mod events;
mod exit;
mod instance;
mod interruption;
mod narrator;
mod policies;
mod rendering;
mod serve;
mod source;
mod tenant;
mod token;
mod waits;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Parser, Subcommand};
use imds_client::Policy;
use serde::Serialize;

/// Gets tokens and metadata from the Azure Instance Metadata Service (IMDS) under contention.
///
/// It asks the service itself and never through a proxy, whatever the environment says.
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
    /// Print what the VM is, or a part of it
    Instance(instance::Arguments),
    /// Print what is going to happen to the VM (scheduled events), watch it, or approve of it
    Events(events::Arguments),
    /// Print a statement about the VM that Azure has signed
    Attested(attested::Arguments),
    /// Print the id of the tenant of the VM's identities
    Tenant(tenant::Arguments),
    /// Answer as IMDS does, from a cache, to programs that cannot be changed
    Serve(serve::Arguments),
    /// List the retry policies, or show one and how long it waits
    Policies(policies::Arguments),
    /// Print a script that completes this program's command line in a shell
    Completions(completions::Arguments),
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
        Command::Instance(arguments) => instance::run(arguments),
        Command::Events(arguments) => events::run(arguments),
        Command::Attested(arguments) => attested::run(arguments),
        Command::Tenant(arguments) => tenant::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Policies(arguments) => policies::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
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

/// Prints a result and ends its line.
fn stdout(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("writing to stdout")
}

/// JSON for people and for programs.
fn pretty(value: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)?)
}

/// Tells the user something that is not the result. Where stderr is closed there is no one to tell.
fn report(message: &str) {
    let _ = writeln!(io::stderr(), "imds-client: {message}");
}

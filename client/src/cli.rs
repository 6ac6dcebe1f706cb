//! The command line: its subcommands, and their exit codes.

mod attempt_log;
mod attested;
mod completions;
mod connection;
mod events;
mod exec;
mod exit;
mod instance;
mod memory;
mod open_files;
mod output;
mod policies;
mod rendering;
mod retry;
mod schedule;
mod serve;
mod signal;
mod source;
mod tenant;
mod token;
mod variables;
mod visible;
mod waits;

use std::env;
use std::ffi::OsStr;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use output::report;
use retry::UnknownPolicy;
use variables::with_variable;

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
    /// Print what is going to happen to the VM (scheduled events), watch it, or approve it
    Events(events::Arguments),
    /// Print a statement about the VM that Azure has signed
    Attested(attested::Arguments),
    /// Print the id of the tenant of the VM's identities
    Tenant(tenant::Arguments),
    /// Answer as IMDS does, from a cache, to programs that cannot be changed
    Serve(serve::Arguments),
    /// Queue a command you cannot change, so that at most N run at a time on this machine
    Exec(exec::Arguments),
    /// List the retry policies, or show one and how long it waits
    Policies(policies::Arguments),
    /// Print how long a retry policy waits if it gets the same answer again and again
    Schedule(schedule::Arguments),
    /// Print a script that completes this program's command line in a shell
    Completions(completions::Arguments),
}

/// Runs the command that the program was started with.
pub(crate) fn run() -> ExitCode {
    let code = match Arguments::try_parse() {
        Ok(arguments) => execute(&arguments.command),
        Err(error) => {
            let words: Vec<_> = env::args_os().collect();
            let is_set = |name: &OsStr| env::var_os(name).is_some();
            usage(&with_variable(error, Arguments::command(), &words, is_set))
        }
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
        Command::Exec(arguments) => exec::run(arguments),
        Command::Policies(arguments) => policies::run(arguments),
        Command::Schedule(arguments) => schedule::run(arguments),
        Command::Completions(arguments) => completions::run(arguments, Arguments::command()),
    };
    result.unwrap_or_else(|error| {
        report(&format!("{error:#}"));
        if error.is::<UnknownPolicy>() {
            exit::USAGE
        } else {
            exit::COULD_NOT_RUN
        }
    })
}

/// Prints the help that was asked for, or what is wrong with the command line.
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    /// Commands below `command` whose help has no example, those with commands of their own aside.
    fn without_example(command: &clap::Command, path: &str) -> Vec<String> {
        let below = command.get_subcommands();
        let below =
            below.flat_map(|one| without_example(one, &format!("{path} {}", one.get_name())));
        let mut found: Vec<String> = below.collect();
        let help = command.clone().render_long_help().to_string();
        let is_leaf = command.get_subcommands().next().is_none();
        if is_leaf && !help.contains("Example") {
            found.push(path.to_owned());
        }
        found
    }

    #[test]
    fn the_help_of_every_command_has_an_example() {
        assert_eq!(
            without_example(&Arguments::command(), ""),
            Vec::<String>::new()
        );
    }
}

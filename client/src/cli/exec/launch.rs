//! Replaces the process by the command, or runs the command as a child where that is not possible.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::Command;

use imds_client::{CommandPermit, program};

use crate::cli::exit;
use crate::cli::output::report;

/// Replaces this process by the command, which so has its signals, terminal and exit code. The command
/// keeps its place in the queue, if it has one, until it and all processes that it leaves running have ended.
#[cfg(unix)]
pub(super) fn run(command: &[OsString], place: Option<CommandPermit>) -> anyhow::Result<u8> {
    use std::os::unix::process::CommandExt;

    use anyhow::Context;

    let kept = place.as_ref().map(CommandPermit::outlive_exec).transpose();
    kept.context("keeping the place in line")?;
    let (mut process, program) = prepared(command);
    let code = could_not_run(&program, &process.exec());
    leave(place);
    Ok(code)
}

/// Runs the command and ends with its exit code. Ctrl-C reaches the command, too, which decides what to
/// do.
#[cfg(not(unix))]
pub(super) fn run(command: &[OsString], place: Option<CommandPermit>) -> anyhow::Result<u8> {
    let runtime = crate::cli::connection::runtime()?;
    let _entered = runtime.enter();
    let _ignored = crate::cli::signal::shutdown()?;
    let (mut process, program) = prepared(command);
    let code = match process.status() {
        // A status on Windows can be greater than an `ExitCode`.
        Ok(status) => {
            leave(place);
            std::process::exit(status.code().unwrap_or(i32::from(exit::COULD_NOT_RUN)))
        }
        Err(problem) => could_not_run(&program, &problem),
    };
    Ok(code)
}

fn leave(place: Option<CommandPermit>) {
    if let Some(permit) = place {
        permit.leave();
    }
}

fn prepared(command: &[OsString]) -> (Command, String) {
    let name = &command[0];
    let mut process = Command::new(program::found(name));
    process.args(&command[1..]);
    (process, name.to_string_lossy().into_owned())
}

/// The exit codes of `env`, `nohup` and `timeout`.
fn could_not_run(program: &str, problem: &io::Error) -> u8 {
    report(&format!("cannot run {program}: {problem}"));
    match problem.kind() {
        ErrorKind::NotFound => exit::NOT_FOUND,
        _ => exit::NOT_EXECUTABLE,
    }
}

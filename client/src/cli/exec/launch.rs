//! Becoming the command, or running it where a process cannot become another.

use std::ffi::OsString;
use std::io::{self, ErrorKind};
use std::process::Command;

use imds_client::{Admission, program};

use crate::cli::{exit, report};

/// Becomes the command, so that its signals, terminal and exit code are its own. The place in line is
/// its own, too, until it and all that it leaves running have ended.
#[cfg(unix)]
pub(super) fn run(command: &[OsString], admission: Admission) -> anyhow::Result<u8> {
    use std::os::unix::process::CommandExt;

    use anyhow::Context;

    admission
        .outlive_exec()
        .context("keeping the place in line")?;
    let (mut process, program) = prepared(command);
    let code = could_not_run(&program, &process.exec());
    admission.leave();
    Ok(code)
}

/// Runs the command and ends with its exit code. Ctrl-C reaches it by itself, and is its business.
#[cfg(not(unix))]
pub(super) fn run(command: &[OsString], admission: Admission) -> anyhow::Result<u8> {
    let runtime = crate::cli::connection::runtime()?;
    let _entered = runtime.enter();
    let _ignored = crate::cli::signal::shutdown()?;
    let (mut process, program) = prepared(command);
    let code = match process.status() {
        // A status of Windows, which may be greater than what an `ExitCode` holds.
        Ok(status) => {
            admission.leave();
            std::process::exit(status.code().unwrap_or(i32::from(exit::COULD_NOT_RUN)))
        }
        Err(problem) => could_not_run(&program, &problem),
    };
    Ok(code)
}

fn prepared(command: &[OsString]) -> (Command, String) {
    let name = &command[0];
    let mut process = Command::new(program::found(name));
    process.args(&command[1..]);
    (process, name.to_string_lossy().into_owned())
}

/// As `env`, `nohup` and `timeout` tell it.
fn could_not_run(program: &str, problem: &io::Error) -> u8 {
    report(&format!("cannot run {program}: {problem}"));
    match problem.kind() {
        ErrorKind::NotFound => exit::NOT_FOUND,
        _ => exit::NOT_EXECUTABLE,
    }
}

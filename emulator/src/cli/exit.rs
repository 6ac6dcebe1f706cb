//! How the program ends.

use std::ffi::OsStr;
use std::io::{self, Write};

use imds_emulator::Problems;
use imds_emulator::document::visible::visible;

/// The command succeeded. Also the code of a server that was stopped by a signal.
pub(crate) const DONE: i32 = 0;

/// The emulator is not healthy.
pub(crate) const UNHEALTHY: u8 = 1;

/// The command line or the configuration is wrong; nothing was started. (Also clap's code.)
pub(crate) const USAGE: u8 = 2;

/// It could not run: a port is in use, as a rule.
pub(crate) const CANNOT_RUN: u8 = 3;

/// There is no such command to run, as shells have it.
const NOT_FOUND: i32 = 127;

/// The command cannot be run, as shells have it.
const NOT_EXECUTABLE: i32 = 126;

/// The process that started the command has ended meanwhile: 128 and the number of SIGTERM.
#[cfg(unix)]
pub(crate) const ORPHAN: i32 = 143;

/// Ends the process with that code, which on Windows can be greater than an `ExitCode`.
pub(crate) fn exit(code: i32) -> ! {
    std::process::exit(code)
}

/// Says that a command cannot be run; the exit code for it.
pub(crate) fn cannot_run(program: &OsStr, error: &io::Error) -> i32 {
    let program = program.display();
    // If standard error cannot be written, the error cannot be reported.
    let told = format!("cannot run {program}: {error}");
    let _ = writeln!(io::stderr(), "{}", visible(&told));
    match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        _ => NOT_EXECUTABLE,
    }
}

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("{0}")]
    Configuration(#[from] Problems),
    #[error("cannot read {0}: {1}")]
    Unreadable(String, io::Error),
    #[error("{0}:{1}:{2}: expected UTF-8")]
    NotText(String, usize, usize),
    #[error("{0}: {1}")]
    Unhealthy(String, String),
    #[error("{0:#}")]
    CannotRun(#[from] anyhow::Error),
}

impl Failure {
    /// Writes it to standard error as plain text, not as a log record.
    pub(crate) fn print(&self) {
        // If standard error cannot be written, the error cannot be reported.
        let _ = writeln!(io::stderr(), "{}", visible(&self.to_string()));
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Usage(_)
            | Failure::Configuration(_)
            | Failure::Unreadable(..)
            | Failure::NotText(..) => USAGE,
            Failure::Unhealthy(..) => UNHEALTHY,
            Failure::CannotRun(_) => CANNOT_RUN,
        }
    }
}

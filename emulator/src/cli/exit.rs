//! How the program ends.

use std::io::{self, Write};

use imds_emulator::Problems;

/// What was asked for was done. A server that was told to stop ends so.
pub(crate) const DONE: u8 = 0;

/// The emulator whose health was asked for does not answer as it should.
pub(crate) const UNHEALTHY: u8 = 1;

/// The command line or the configuration is wrong; nothing was started. (Also clap's code.)
pub(crate) const USAGE: u8 = 2;

/// It could not run: a port is in use, as a rule.
pub(crate) const CANNOT_RUN: u8 = 3;

/// Why the program ends without having done what was asked.
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
    /// Says it on standard error, plainly: it is for a person, not for a log.
    pub(crate) fn tell(&self) {
        // Nothing is left to be done when even this cannot be written.
        let _ = writeln!(io::stderr(), "{self}");
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

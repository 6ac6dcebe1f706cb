//! Why there is no result, and the exit code for it.

use std::io;

use anyhow::{Error, anyhow};

use super::exit;
use crate::report::console::Console;
use crate::scenario::files::Unreadable;

/// Why there is no result.
pub(super) enum Failure {
    /// The arguments or the files that they name are wrong: exit code 2.
    Usage(Error),
    /// The machine does not let it run: exit code 3.
    CouldNotRun(Error),
}

impl Failure {
    pub(super) fn usage(error: impl Into<Error>) -> Self {
        Self::Usage(error.into())
    }

    /// Something else was expected.
    pub(super) fn expected(expected: &str) -> Self {
        Self::Usage(anyhow!("expected {expected}"))
    }

    pub(super) fn could_not_run(error: impl Into<Error>) -> Self {
        Self::CouldNotRun(error.into())
    }

    /// A name that nothing has is a wrong argument.
    pub(super) fn no_scenario(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Unknown { .. } => Self::usage(unreadable),
            Unreadable::File { .. } => Self::could_not_run(unreadable),
        }
    }

    /// Stdout cannot be written.
    pub(super) fn not_printed(error: io::Error) -> Self {
        Self::CouldNotRun(Error::new(error).context("cannot print the report"))
    }

    /// Writes it to stderr; the exit code.
    pub(super) fn report(self, console: &mut Console) -> u8 {
        let (error, code) = match self {
            Self::Usage(error) => (error, exit::USAGE),
            Self::CouldNotRun(error) => (error, exit::COULD_NOT_RUN),
        };
        // A closed stderr is no error: there is nowhere to report it.
        let _ = console.report(&format!("error: {error:#}\n"));
        code
    }
}

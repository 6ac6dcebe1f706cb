//! Why a question has no answer.

use std::io;
use std::path::PathBuf;

use imds_emulator::document::Problems;
use thiserror::Error;

use crate::engine::simulate::failure::SimulateError;
use crate::scenario::files::Unreadable;

/// Why there is no answer.
#[derive(Debug, Error)]
pub(crate) enum PlanError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// A scenario cannot be read.
    #[error(transparent)]
    Scenario(#[from] Unreadable),
    /// A file has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Problems),
    /// Something named is not there.
    #[error("expected {0}")]
    Expected(String),
    /// A policy cannot be simulated.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
}

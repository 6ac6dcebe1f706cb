//! Why nothing is imported.

use std::io;
use std::path::PathBuf;

use imds_emulator::document::Problems;
use thiserror::Error;

use crate::command::plan::failure::PlanError;
use crate::engine::simulate::failure::SimulateError;
use crate::scenario::import::Mistake;

/// Why nothing is imported.
#[derive(Debug, Error)]
pub(crate) enum ImportError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// Files have mistakes.
    #[error("{}", told(.0))]
    Mistakes(Vec<Mistake>),
    /// Something else was expected of the command line.
    #[error("expected {0}")]
    Expected(String),
    /// The scenario that was made of it is none.
    #[error(transparent)]
    Scenario(#[from] Problems),
    /// It cannot be simulated.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
    /// The remedies cannot be played.
    #[error(transparent)]
    Remedies(#[from] PlanError),
}

fn told(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

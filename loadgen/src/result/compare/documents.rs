//! Comparing what is in files: two results, two summaries, or a result with a summary.

use thiserror::Error;

use super::parity::parity;
use super::{CompareError, Comparison, Tolerance, compare};
use crate::result::stored::Stored;

/// Why two documents are not compared.
#[derive(Debug, Error)]
pub(crate) enum DocumentsError {
    /// They are of runs under different conditions, or have no such figure.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// The base is of one run, the other of many.
    #[error(
        "expected two results, two summaries, or a summary and then a result, not a result and then a summary"
    )]
    Kinds,
    /// One of them is the answer of a search.
    #[error("expected results or summaries, not a plan: its answers stand in its own table")]
    Plan,
    /// One of them is of many remedies.
    #[error(
        "expected results or summaries, not remedies: they stand beside each other in a table of their own"
    )]
    Remedies,
}

/// Compares two results, two summaries, or the simulated runs of a summary with one run.
///
/// # Errors
/// If they are a result and then a summary, or not of runs under the same conditions.
pub(crate) fn documents(
    base: &Stored,
    new: &Stored,
    tolerances: &[Tolerance],
    different: bool,
) -> Result<Comparison, DocumentsError> {
    Ok(match (base, new) {
        (Stored::Run(base), Stored::Run(new)) => {
            compare(base.as_ref(), new.as_ref(), tolerances, different)?
        }
        (Stored::Runs(base), Stored::Runs(new)) => {
            compare(base.as_ref(), new.as_ref(), tolerances, different)?
        }
        (Stored::Runs(base), Stored::Run(new)) => parity(base, new, tolerances, different)?,
        (Stored::Run(_), Stored::Runs(_)) => return Err(DocumentsError::Kinds),
        (Stored::Plan(_), _) | (_, Stored::Plan(_)) => return Err(DocumentsError::Plan),
        (Stored::Remedies(_), _) | (_, Stored::Remedies(_)) => {
            return Err(DocumentsError::Remedies);
        }
    })
}

//! Comparing what is in files: two results, or two summaries.

use thiserror::Error;

use super::{CompareError, Comparison, Tolerance, compare};
use crate::result::stored::Stored;

/// Why two documents are not compared.
#[derive(Debug, Error)]
pub(crate) enum DocumentsError {
    /// They are of runs under different conditions, or have no such figure.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// One is of one run, the other of many.
    #[error("expected two results or two summaries, not one of each")]
    Kinds,
}

/// Compares two results or two summaries.
///
/// # Errors
/// If they are not two of one kind, or not of runs under the same conditions.
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
        (Stored::Runs(base), Stored::Runs(new)) => compare(base, new, tolerances, different)?,
        _ => return Err(DocumentsError::Kinds),
    })
}

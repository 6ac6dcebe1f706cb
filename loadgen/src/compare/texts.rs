//! Comparing what is in files: two results, or two summaries.

use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

use super::{CompareError, Comparison, Tolerance, compare};
use crate::result::{ReadError, RunResult};
use crate::summary::Summary;

/// Why two texts are not compared.
#[derive(Debug, Error)]
pub enum TextsError {
    /// One of them is neither a result nor a summary.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// They are of different plays, or have no such figure.
    #[error(transparent)]
    Compare(#[from] CompareError),
    /// One tells of one run, the other of many.
    #[error("expected two results or two summaries, not one of each")]
    Kinds,
}

/// What only a summary has.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "runs")]
    _runs: IgnoredAny,
}

/// Compares two results or two summaries, each a file's name and its text.
///
/// # Errors
/// If they are not two of one kind, or not of one play.
pub fn texts(
    base: (&str, &str),
    new: (&str, &str),
    tolerances: &[Tolerance],
    different: bool,
) -> Result<Comparison, TextsError> {
    let comparison = match (is_summary(base.1), is_summary(new.1)) {
        (true, true) => {
            let (base, new) = (
                Summary::from_json(base.0, base.1)?,
                Summary::from_json(new.0, new.1)?,
            );
            compare(&base, &new, tolerances, different)?
        }
        (false, false) => {
            let (base, new) = (
                RunResult::from_json(base.0, base.1)?,
                RunResult::from_json(new.0, new.1)?,
            );
            compare(&base, &new, tolerances, different)?
        }
        _ => return Err(TextsError::Kinds),
    };
    Ok(comparison)
}

fn is_summary(text: &str) -> bool {
    serde_json::from_str::<Head>(text).is_ok()
}

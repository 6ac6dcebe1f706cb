//! What is said beside a document: how it was made, when, and how it stands beside an earlier one.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::result::compare::Comparison;

/// How a document was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made<'m> {
    /// The command that makes it again.
    pub replay: &'m str,
    /// When and for how long it was played; none: an earlier result, of which that is not known.
    pub played: Option<Played>,
    /// The same figures beside an earlier result, if there is one.
    pub comparison: Option<&'m Comparison>,
}

/// When something was played, and for how long; of a simulation as well, by the clock of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Played {
    pub began: DateTime<Utc>,
    pub took: Duration,
}

impl<'m> Made<'m> {
    /// By this command; no more is known.
    #[must_use]
    pub(crate) fn by(replay: &'m str) -> Self {
        Self {
            replay,
            played: None,
            comparison: None,
        }
    }
}

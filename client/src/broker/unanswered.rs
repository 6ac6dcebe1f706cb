//! Why a client gets an error of the broker's own, or the last that IMDS answered.

use crate::cache::NoToken;
use crate::error::OperationError;

/// Why there is nothing but an error for a client.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// As many requests wait as may.
    TooManyWaiting,
    /// It has waited for as long as a client may. A request for a token continues.
    TimedOut,
    /// There is no token.
    NoToken(NoToken),
    /// There is no answer.
    NoAnswer(Box<OperationError>),
}

impl Unanswered {
    /// How the operation ended, if it has.
    pub(super) fn error(&self) -> Option<&OperationError> {
        match self {
            Self::TooManyWaiting | Self::TimedOut => None,
            Self::NoToken(failure) => Some(&failure.error),
            Self::NoAnswer(error) => Some(error),
        }
    }
}

//! What the time of sessions went into.

use std::time::Duration;

use super::attempt::{Answer, Attempt};

/// Sums over sessions. Time in which an operation waited for its next attempt is apart from the time
/// that attempts were on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Between the attempts of an operation.
    pub waiting: Duration,
    /// In attempts that got a token.
    pub granted: Duration,
    /// In attempts that were refused.
    pub refused: Duration,
    /// In all other attempts.
    pub other: Duration,
}

impl Spent {
    pub(super) fn attempt(&mut self, attempt: &Attempt) {
        let sum = match attempt.answer {
            Answer::Granted => &mut self.granted,
            Answer::Refused(_) => &mut self.refused,
            Answer::Status(_) | Answer::None(_) => &mut self.other,
        };
        *sum += attempt.latency();
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            granted: self.granted + other.granted,
            refused: self.refused + other.refused,
            other: self.other + other.other,
        }
    }

    #[must_use]
    pub(crate) fn total(&self) -> Duration {
        self.waiting + self.granted + self.refused + self.other
    }
}

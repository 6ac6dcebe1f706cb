//! How the steps of scripts fared.

use std::collections::BTreeMap;

use super::counts::add_all;
use crate::session::outcome::Finished;

/// The counts of all steps of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StepCount {
    /// Steps that succeeded, at whichever try.
    pub succeeded: u64,
    /// Tries beyond the first ones.
    pub retries: u64,
    /// Steps that failed with their last try, by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
}

impl StepCount {
    pub(super) fn absorb(&mut self, other: &Self) {
        self.succeeded += other.succeeded;
        self.retries += other.retries;
        add_all(&mut self.by_failure, &other.by_failure);
    }

    pub(super) fn count(&mut self, finished: &Finished) {
        self.retries += u64::from(finished.tries.saturating_sub(1));
        match &finished.failure {
            None => self.succeeded += 1,
            Some(kind) => *self.by_failure.entry(kind.to_string()).or_default() += 1,
        }
    }

    #[must_use]
    pub(crate) fn failed(&self) -> u64 {
        self.by_failure.values().sum()
    }
}

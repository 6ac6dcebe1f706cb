//! When a fault strikes, and how often.

use std::time::Duration;

use rand::{Rng, RngExt};
use serde::Serialize;

/// Conditions on the moment; those that are given must all hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct When {
    /// Not before so long after the run's start, or after the fault was injected.
    #[serde(serialize_with = "crate::document::friendly")]
    pub from: Duration,
    /// For so long from then; `None` for ever.
    #[serde(serialize_with = "crate::document::friendly_if_any")]
    pub lasts: Option<Duration>,
    /// Only the one of this number, from 1, among the requests that the fault is for.
    pub nth: Option<u64>,
    /// No more than so many requests: the next ones.
    pub next: Option<u64>,
    /// By chance, 0 to 1.
    pub probability: Option<f64>,
}

impl When {
    /// Whether it strikes a request: the `seen`th that it is for, at this age of the fault, after
    /// `struck` others.
    pub(super) fn strikes(&self, age: Duration, seen: u64, struck: u64, rng: &mut dyn Rng) -> bool {
        self.is_now(age)
            && self.nth.is_none_or(|nth| nth == seen)
            && self.next.is_none_or(|next| struck < next)
            && self.probability.is_none_or(|p| rng.random_bool(p))
    }

    /// Whether it can never strike again, by its counts.
    pub(super) fn is_used_up(&self, seen: u64, struck: u64) -> bool {
        self.nth.is_some_and(|nth| seen >= nth) || self.next.is_some_and(|next| struck >= next)
    }

    /// Its time is half-open: [from, from + lasts).
    fn is_now(&self, age: Duration) -> bool {
        let since = age.checked_sub(self.from);
        since.is_some_and(|since| self.lasts.is_none_or(|lasts| since < lasts))
    }
}

//! The settings of a VM's limits.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::category::Category;
use super::refusal::Limiter;

/// All limits of one VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// For `/metadata/identity/*`.
    pub identity: CategoryLimits,
    /// For everything else.
    pub other: CategoryLimits,
    /// Which limiter is named when both refuse: the rate or the concurrency.
    pub check_first: Limiter,
    /// Whether refused requests count against the rate, too.
    pub charge_refused: bool,
    /// Whether a request meets the rate and the penalty before it is looked at whether it has the header that
    /// its protocol requires: one without it then counts against the rate, or is refused.
    pub rate_before_header: bool,
    /// The retry advice of a refusal.
    pub retry_after: RetryAfter,
    /// A request that finds no slot waits in this queue, one for each category; `None` refuses it.
    pub queue: Option<Queue>,
    /// For how long everything of the category is refused after a refusal; `None` for no penalty.
    #[serde(serialize_with = "crate::document::friendly_if_any")]
    pub penalty: Option<Duration>,
    /// What happens to the slot of a client that closes its connection.
    pub abandoned: Abandoned,
}

impl Limits {
    /// The limits of a category.
    #[must_use]
    pub fn of(&self, category: Category) -> &CategoryLimits {
        match category {
            Category::Identity => &self.identity,
            Category::Other => &self.other,
        }
    }
}

/// Where requests wait for a slot, the first to come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// How many may wait in one category, 1 to [`Queue::MOST`].
    pub most: u32,
    /// When a request that waits meets the rate.
    pub rate_checked: RateChecked,
}

impl Queue {
    /// The longest queue there may be: it bounds the memory that waiting requests take.
    pub const MOST: u32 = 1_000_000;
}

/// When a request that waits for a slot meets the rate. Unknown of the real service, as is whether it
/// has a queue at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RateChecked {
    /// When it arrives: a request that waits is then sure to be served.
    Arrival,
    /// When its slot is free: it may still be refused then.
    Start,
}

/// What happens to the slot, or to the place in the queue, of a client that closes its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Abandoned {
    /// It is held until the service time is over.
    Hold,
    /// It is free at once.
    Release,
}

/// The limits of one category; `None` is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CategoryLimits {
    /// How many in what time.
    pub rate: Option<RateLimit>,
    /// How many at once, at least 1.
    pub concurrent: Option<u32>,
}

/// So many requests in such a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RateLimit {
    /// How they are counted.
    pub algorithm: Algorithm,
    /// How many, 1 to [`RateLimit::MOST_REQUESTS`].
    pub requests: u32,
    /// In what time, more than zero and at most [`RateLimit::LONGEST_WINDOW`].
    #[serde(serialize_with = "crate::document::friendly")]
    pub window: Duration,
    /// How many may come at one instant after a quiet time; at least 1. Only for the algorithms that
    /// have one: by default `requests` for the token bucket and 1 for GCRA.
    pub burst: Option<u32>,
}

impl RateLimit {
    /// The most requests a window may allow. It bounds a limiter's memory: a sliding window keeps
    /// one timestamp for each.
    pub const MOST_REQUESTS: u32 = 1_000_000;

    /// The longest window: a day.
    pub const LONGEST_WINDOW: Duration = Duration::from_hours(24);

    /// How many may come at one instant after a quiet time: `burst`, or the algorithm's default.
    #[must_use]
    pub fn largest_burst(&self) -> u32 {
        let default = match self.algorithm {
            Algorithm::Gcra => 1,
            _ => self.requests,
        };
        self.burst.unwrap_or(default)
    }
}

/// How requests are counted. Which one the real service uses is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Those charged in the window that ends now: never more than `requests` in any window.
    SlidingWindow,
    /// Those charged since the last multiple of the window since the run's start: up to twice
    /// `requests` may meet at a boundary.
    FixedWindow,
    /// A bucket of `burst` tokens, full at the start, refilled evenly.
    TokenBucket,
    /// An even spacing of `window / requests`, run ahead of by at most `burst` requests.
    Gcra,
}

/// The retry advice of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// Nothing, as in every captured answer.
    None,
    /// The time until the limits would admit one more, to the millisecond and in whole seconds.
    Exact,
    /// The same, only in whole seconds, rounded up, at least one.
    WholeSeconds,
    /// Always the same: whole seconds.
    #[serde(serialize_with = "crate::document::friendly")]
    Fixed(Duration),
    /// The time until the turn of a place in a virtual queue, which each refusal takes the next of.
    Reservation,
}

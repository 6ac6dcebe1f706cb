//! The limits of one VM: what they are, and who decides whether a request is within them.
//!
//! IMDS limits two categories of requests independently of each other. A request of a category meets
//! that category's rate and its concurrency in one step, and is then admitted, refused, or, where the
//! limits have a queue, let wait for a slot. Everything here is pure: it is told `now`, the time since
//! the run's start.

mod advice;
mod fixed_window;
mod gate;
mod gcra;
mod line;
mod meter;
mod penalty;
mod reservation;
mod sliding_window;
mod token_bucket;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use advice::whole_seconds;
pub(crate) use gate::{Entry, Gate};
pub use line::{Call, Place};
pub(crate) use token_bucket::TokenBucket;

/// What IMDS counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// `/metadata/identity/*`.
    Identity,
    /// Everything else.
    Other,
}

impl Category {
    /// Of a path in its one spelling: lower case, single slashes.
    pub(crate) fn of_path(path: &str) -> Category {
        match path.strip_prefix("/metadata/identity") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Category::Identity,
            _ => Category::Other,
        }
    }

    /// The name used in journal and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Category::Identity => "identity",
            Category::Other => "other",
        }
    }
}

/// What refused a request of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Limiter {
    /// Too many requests in the time.
    Rate,
    /// Too many requests at once.
    Concurrency,
    /// Another request was refused a short time ago.
    Penalty,
}

impl Limiter {
    /// Every limiter.
    pub const ALL: [Limiter; 3] = [Limiter::Rate, Limiter::Concurrency, Limiter::Penalty];

    /// The name used in logs, reports and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Limiter::Rate => "rate",
            Limiter::Concurrency => "concurrency",
            Limiter::Penalty => "penalty",
        }
    }
}

impl fmt::Display for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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
    /// What a refusal says about when to come back.
    pub retry_after: RetryAfter,
    /// Who finds no slot waits for one in this queue, one for each category; `None` refuses.
    pub queue: Option<Queue>,
    /// For how long everything of the category is refused after a refusal; `None` for no penalty.
    #[serde(serialize_with = "crate::document::friendly_if_any")]
    pub penalty: Option<Duration>,
    /// What becomes of the slot of a client that goes away.
    pub abandoned: Abandoned,
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
    /// The longest queue there may be: it bounds the memory of those who wait.
    pub const MOST: u32 = 1_000_000;
}

/// When a request that waits for a slot meets the rate. Unknown of the real service, as is whether it
/// has a queue at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RateChecked {
    /// When it comes: who waits is sure to be served.
    Arrival,
    /// When its slot is free: it may still be refused then.
    Start,
}

/// What becomes of the slot, or of the place in the queue, of a client that goes away.
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

/// What a refusal says about when to come back.
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

/// A request that was refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The limiter that refused; when both would, the one that is checked first.
    pub limiter: Limiter,
    /// What was left when it refused.
    pub left: Left,
    /// What the answer says about when to come back, in whole seconds.
    pub retry_after: Option<Duration>,
    /// The same to the millisecond, where the answer says that, too.
    pub retry_after_ms: Option<Duration>,
}

impl Refusal {
    /// What those are told who were waiting for a slot when the VM was reset.
    pub(crate) fn of_a_reset() -> Refusal {
        Refusal {
            limiter: Limiter::Concurrency,
            left: Left::default(),
            retry_after: None,
            retry_after_ms: None,
        }
    }
}

/// What the limits of a category still allowed right after a decision; `None` where there is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// How many more requests the rate would admit at that instant.
    pub requests: Option<u32>,
    /// How many slots were free.
    pub slots: Option<u32>,
}

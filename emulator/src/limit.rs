//! The limits of one VM: what they are, and who decides whether a request is within them.
//!
//! IMDS limits two categories of requests independently of each other. A request of a category meets
//! that category's rate and its concurrency in one step, and is then admitted or refused for good:
//! nothing queues. Everything here is pure: it is told `now`, the time since the run's start.

mod fixed_window;
mod gate;
mod gcra;
mod meter;
mod sliding_window;
mod token_bucket;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use gate::Gate;

/// What IMDS counts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// `/metadata/identity/*`.
    Identity,
    /// Everything else.
    Other,
}

impl Category {
    /// The name used in journal and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Category::Identity => "identity",
            Category::Other => "other",
        }
    }
}

/// Which of a category's two limits refused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limiter {
    /// Too many requests in the time.
    Rate,
    /// Too many requests at once.
    Concurrency,
}

impl Limiter {
    /// The name used in logs, reports and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Limiter::Rate => "rate",
            Limiter::Concurrency => "concurrency",
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
    /// Which limiter is named when both refuse.
    pub check_first: Limiter,
    /// Whether refused requests count against the rate, too.
    pub charge_refused: bool,
    /// What a refusal says about when to come back.
    pub retry_after: RetryAfter,
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
    /// The time until the rate would admit one more, rounded up to whole seconds, at least one.
    WholeSeconds,
    /// Always the same: whole seconds.
    #[serde(serialize_with = "crate::document::friendly")]
    Fixed(Duration),
}

/// A request that was refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The limiter that refused; when both would, the one that is checked first.
    pub limiter: Limiter,
    /// What the answer says about when to come back, in whole seconds.
    pub retry_after: Option<Duration>,
}

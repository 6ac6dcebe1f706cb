//! A refusal: which limiter refused, and what was left.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A request that was refused, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The limiter that refused; when both would, the one that is checked first.
    pub limiter: Limiter,
    /// What was left when it refused.
    pub left: Left,
    /// The retry advice of the answer, in whole seconds.
    pub retry_after: Option<Duration>,
    /// The same in milliseconds, if the answer has that header, too.
    pub retry_after_ms: Option<Duration>,
}

impl Refusal {
    /// The refusal of a request that was waiting for a slot when the VM was reset.
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

//! How an attempt can end, as far as a policy distinguishes, and why no further one is made.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// What was asked for was received.
    Success,
    /// An answer other than a 200.
    Status {
        /// Its status.
        status: u16,
        /// When the service asks for the next attempt.
        retry_after: RetryAfter,
    },
    /// A 200 whose body could not be read.
    Malformed,
    /// No complete answer.
    Transport(TransportFailure),
}

/// Why there was no complete answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportFailure {
    /// No connection: refused, or not made in time.
    Connect,
    /// No connection: there is no route to the address.
    Unreachable,
    /// Connected, but no complete answer in time.
    Timeout,
    /// The connection was reset.
    Reset,
    /// The connection was closed before the answer was complete.
    Closed,
    /// Anything else, such as an answer that is not HTTP.
    Other,
}

impl TransportFailure {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Connect,
        Self::Unreachable,
        Self::Timeout,
        Self::Reset,
        Self::Closed,
        Self::Other,
    ];
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "could not connect",
            Self::Unreachable => "no route to the service",
            Self::Timeout => "no answer in time",
            Self::Reset => "the connection was reset",
            Self::Closed => "the connection was closed without a whole answer",
            Self::Other => "no usable answer",
        })
    }
}

/// When an answer asks for the next attempt, by the form it is written in; each counts from the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RetryAfter {
    /// `Retry-After` as whole seconds.
    pub seconds: Option<Duration>,
    /// `Retry-After` as a date, less the answer's own `Date`; zero if that date has passed.
    pub date: Option<Duration>,
    /// `retry-after-ms` or `x-ms-retry-after-ms`.
    pub milliseconds: Option<Duration>,
}

impl RetryAfter {
    /// Whether the answer does not ask for a time.
    #[must_use]
    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        self.seconds.is_none() && self.date.is_none() && self.milliseconds.is_none()
    }
}

/// Why no further attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GaveUp {
    /// No rule matches this outcome, or it is the probe's and does not let the operation go on.
    NotRetryable,
    /// The retries of every layer that matches this outcome are used up.
    RetriesExhausted,
    /// The deadline of the policy, or the time of a layer or a rule, is over.
    TimeLimit,
    /// The service asked for a longer wait than the policy accepts.
    RetryAfterTooLong,
    /// Nothing was sent: the policy answers a former failure again for a while. A client returns this,
    /// never an acquisition.
    Replayed,
}

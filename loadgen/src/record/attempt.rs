//! One attempt, and the counts that attempts come to.

use std::time::Duration;

use imds_client::acquire::TransportFailure;
use imds_emulator::limit::Limiter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The status of attempts that had no answer.
pub(crate) const NO_ANSWER: &str = "none";

/// The outcome of one attempt, as the client saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// What was asked for.
    Granted,
    /// 429, by this limiter where the service named it.
    Refused(Option<Limiter>),
    /// Another status, or a 200 without what was asked for.
    Status(u16),
    /// No answer at all, for this reason.
    None(TransportFailure),
}

/// The kind of a request, by its service and by what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// A request to IMDS for a token.
    Token,
    /// Any other request to IMDS.
    Metadata,
    /// A request to Resource Manager.
    ResourceManager,
}

impl RequestKind {
    /// Its name in results.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Metadata => "metadata",
            Self::ResourceManager => "resource_manager",
        }
    }
}

/// One request that is sent; times are since the run's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sending {
    pub kind: RequestKind,
    /// The query, where there are several.
    pub path: Option<&'static str>,
    /// 0 for the first attempt of an operation.
    pub retry_index: u32,
    pub at: Duration,
    /// How long the client has waited since the end of the operation's attempt before it.
    pub waited: Duration,
}

/// One request on the wire, from its sending to its answer; times are since the run's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub kind: RequestKind,
    /// 0 for the first attempt of an operation.
    pub retry_index: u32,
    pub sent: Duration,
    /// When it was answered or given up.
    pub ended: Duration,
    pub answer: Answer,
}

/// Refused attempts, by the limiter that refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Refusals {
    /// By the limit of requests per window.
    pub rate: u64,
    /// By the limit of requests at once.
    pub concurrency: u64,
    /// In the time after another refusal in which the service refuses everything.
    pub penalty: u64,
    /// By a service that did not say.
    pub unnamed: u64,
}

/// The attempts of one retry index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RetryCount {
    /// How many were sent.
    pub sent: u64,
    /// How many got a token.
    pub granted: u64,
    /// How many were refused.
    pub refused: u64,
    /// Those refused, by limiter.
    pub refused_by: Refusals,
    /// How many ended in any other way; those that the run did not see end are in none of these.
    #[serde(default)]
    pub other: u64,
}

impl Attempt {
    /// From sending to answer.
    #[must_use]
    pub(crate) fn latency(&self) -> Duration {
        self.ended.saturating_sub(self.sent)
    }
}

impl Answer {
    /// The HTTP status, if there was an answer.
    #[must_use]
    pub(crate) fn status(self) -> Option<u16> {
        match self {
            Self::Granted => Some(200),
            Self::Refused(_) => Some(429),
            Self::Status(status) => Some(status),
            Self::None(_) => None,
        }
    }

    /// The key that it is counted under.
    pub(super) fn status_key(self) -> String {
        let status = self.status();
        status.map_or_else(|| NO_ANSWER.to_owned(), |status| status.to_string())
    }
}

impl Refusals {
    pub(super) fn count(&mut self, limiter: Option<Limiter>) {
        match limiter {
            Some(Limiter::Rate) => self.rate += 1,
            Some(Limiter::Concurrency) => self.concurrency += 1,
            Some(Limiter::Penalty) => self.penalty += 1,
            None => self.unnamed += 1,
        }
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            rate: self.rate + other.rate,
            concurrency: self.concurrency + other.concurrency,
            penalty: self.penalty + other.penalty,
            unnamed: self.unnamed + other.unnamed,
        }
    }

    /// All of them.
    #[must_use]
    pub(crate) fn total(&self) -> u64 {
        self.rate + self.concurrency + self.penalty + self.unnamed
    }
}

impl RetryCount {
    pub(super) fn absorb(&mut self, other: &Self) {
        self.sent += other.sent;
        self.granted += other.granted;
        self.refused += other.refused;
        self.refused_by = self.refused_by.plus(other.refused_by);
        self.other += other.other;
    }

    pub(super) fn count(&mut self, answer: Answer) {
        match answer {
            Answer::Granted => self.granted += 1,
            Answer::Refused(limiter) => {
                self.refused += 1;
                self.refused_by.count(limiter);
            }
            Answer::Status(_) | Answer::None(_) => self.other += 1,
        }
    }
}

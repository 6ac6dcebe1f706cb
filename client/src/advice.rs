//! Whether to try again after an operation has failed.

use std::fmt;

use serde::Serialize;

use crate::outcome::{Outcome, TransportFailure};

/// What may help after an operation has failed, derived from how its last attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// The service was busy, updating or unreachable for a while: the same request may succeed later.
    TryLater,
    /// The service refused the request: the same request will be refused again.
    ChangeRequest,
    /// No answer, or not one of IMDS: there may be no IMDS at the endpoint.
    CheckEndpoint,
}

impl Advice {
    /// `is_final`: the status is the answer to this kind of request, as a 404 can be.
    pub(crate) fn after(outcome: &Outcome, is_final: bool) -> Self {
        match outcome {
            Outcome::Status { status, .. } if is_final || !may_pass(*status) => Self::ChangeRequest,
            Outcome::Status { .. } => Self::TryLater,
            Outcome::Transport(failure) => Self::after_failure(*failure),
            Outcome::Success | Outcome::Malformed => Self::CheckEndpoint,
        }
    }

    fn after_failure(failure: TransportFailure) -> Self {
        match failure {
            TransportFailure::Timeout | TransportFailure::Reset | TransportFailure::Closed => {
                Self::TryLater
            }
            TransportFailure::Connect | TransportFailure::Unreachable | TransportFailure::Other => {
                Self::CheckEndpoint
            }
        }
    }
}

/// The statuses that the documentation says to retry, and 408. A 404 is a sign of an update.
fn may_pass(status: u16) -> bool {
    matches!(status, 404 | 408 | 410 | 429 | 500..=599)
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TryLater => "trying again later may help",
            Self::ChangeRequest => "the same request will fail again",
            Self::CheckEndpoint => "check that IMDS is at the endpoint",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::RetryAfter;

    fn after(status: u16, is_final: bool) -> Advice {
        let retry_after = RetryAfter::default();
        let outcome = Outcome::Status {
            status,
            retry_after,
        };
        Advice::after(&outcome, is_final)
    }

    #[test]
    fn a_service_that_is_busy_or_away_may_come_back() {
        for status in [404, 408, 410, 429, 500, 503] {
            assert_eq!(after(status, false), Advice::TryLater, "{status}");
        }
        let timeout = Outcome::Transport(TransportFailure::Timeout);
        assert_eq!(Advice::after(&timeout, false), Advice::TryLater);
    }

    #[test]
    fn a_refusal_stays_one() {
        for status in [302, 400, 401, 403, 405] {
            assert_eq!(after(status, false), Advice::ChangeRequest, "{status}");
        }
        assert_eq!(after(404, true), Advice::ChangeRequest);
    }

    #[test]
    fn what_does_not_answer_as_imds_may_not_be_it() {
        for outcome in [
            Outcome::Malformed,
            Outcome::Transport(TransportFailure::Connect),
        ] {
            assert_eq!(Advice::after(&outcome, false), Advice::CheckEndpoint);
        }
    }
}

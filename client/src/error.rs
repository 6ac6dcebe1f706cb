//! Why an operation ended without what was asked for.

use std::fmt;
use std::time::Duration;

use crate::advice::Advice;
use crate::outcome::{GaveUp, Outcome, TransportFailure};
use crate::wire::{Answer, ServiceError, Unreadable};

/// Why an operation ended without what was asked for. Its `Display` is one line with all of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct OperationError {
    /// What was asked for: `token`.
    pub wanted: &'static str,
    /// The policy that gave up.
    pub policy: String,
    /// Why no further attempt was made.
    pub gave_up: GaveUp,
    /// Attempts made, the first included.
    pub attempts: u32,
    /// Time spent waiting: between attempts, for a turn, for another process.
    pub waited: Duration,
    /// From the operation's start to its end.
    pub elapsed: Duration,
    /// How the last attempt ended; [`TransportFailure::Timeout`] if the time was over before the first.
    pub outcome: Outcome,
    /// The service's own error in the last answer, if the body has that form.
    pub service: Option<ServiceError>,
    /// The last answer, if there was one.
    pub answer: Option<Answer>,
    /// What is wrong with the last answer, if it was a 200.
    pub unreadable: Option<Unreadable>,
    /// What may help.
    pub advice: Advice,
}

impl OperationError {
    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.advice == Advice::TryLater
    }
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.attempts == 1 { "" } else { "s" };
        write!(
            f,
            "no {} after {} attempt{plural} in {:.1} s ({:.1} s of it waiting): {}",
            self.wanted,
            self.attempts,
            self.elapsed.as_secs_f64(),
            self.waited.as_secs_f64(),
            described(&self.outcome, self.attempts),
        )?;
        if let Some(service) = &self.service {
            write!(f, " ({service})")?;
        }
        if let Some(unreadable) = &self.unreadable {
            write!(f, ", but {unreadable}")?;
        }
        let reason = reason(self.gave_up);
        write!(f, "; policy {} {reason}; {}", self.policy, self.advice)
    }
}

fn described(outcome: &Outcome, attempts: u32) -> String {
    match outcome {
        Outcome::Transport(TransportFailure::Timeout) if attempts == 0 => {
            "the time was over before it could ask".to_owned()
        }
        Outcome::Success | Outcome::Malformed => "the service answered 200".to_owned(),
        Outcome::Status { status, .. } => format!("the service answered {status}"),
        Outcome::Transport(failure) => failure.to_string(),
    }
}

fn reason(gave_up: GaveUp) -> &'static str {
    match gave_up {
        GaveUp::NotRetryable => "does not retry that",
        GaveUp::RetriesExhausted => "has no retries left",
        GaveUp::TimeLimit => "has no time left",
        GaveUp::RetryAfterTooLong => "does not wait as long as the service asks",
        GaveUp::Replayed => "repeats an earlier failure",
    }
}

#[cfg(test)]
impl OperationError {
    /// After a single attempt with this outcome.
    pub(crate) fn of_one(outcome: Outcome) -> Self {
        Self {
            wanted: "token",
            policy: "test".to_owned(),
            gave_up: GaveUp::NotRetryable,
            attempts: 1,
            waited: Duration::ZERO,
            elapsed: Duration::ZERO,
            advice: Advice::after(&outcome, false),
            outcome,
            service: None,
            answer: None,
            unreadable: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::RetryAfter;

    fn throttled() -> OperationError {
        OperationError {
            wanted: "token",
            policy: "msal-node".to_owned(),
            gave_up: GaveUp::RetriesExhausted,
            attempts: 4,
            waited: Duration::from_secs(7),
            elapsed: Duration::from_millis(7140),
            outcome: Outcome::Status {
                status: 429,
                retry_after: RetryAfter::default(),
            },
            service: Some(ServiceError {
                error: "invalid_request".to_owned(),
                error_description: "Temporarily throttled, too many requests".to_owned(),
            }),
            answer: None,
            unreadable: None,
            advice: Advice::TryLater,
        }
    }

    #[test]
    fn writes_all_of_it_in_one_line() {
        assert_eq!(
            throttled().to_string(),
            "no token after 4 attempts in 7.1 s (7.0 s of it waiting): the service answered 429 \
             (invalid_request: Temporarily throttled, too many requests); \
             policy msal-node has no retries left; trying again later may help"
        );
    }

    #[test]
    fn writes_what_is_wrong_with_a_200() {
        let error = OperationError {
            gave_up: GaveUp::NotRetryable,
            outcome: Outcome::Malformed,
            service: None,
            unreadable: Some(Unreadable::Lacks("access_token")),
            advice: Advice::CheckEndpoint,
            ..throttled()
        };
        let text = error.to_string();
        let expected = "the service answered 200, but the body has no usable access_token; \
             policy msal-node does not retry that; check that IMDS is at the endpoint";
        assert!(text.ends_with(expected), "{text}");
    }
}

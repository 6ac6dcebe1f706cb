//! What IMDS has refused for good, for other processes that want the same token: a request would only
//! repeat it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::failure_life::FailureLife;
use super::milliseconds::milliseconds;
use crate::advice::Advice;
use crate::error::OperationError;
use crate::outcome::{GaveUp, Outcome, RetryAfter};
use crate::wire::Answer;

const CONTENT_TYPE: &str = "content-type";

/// A failure that a retry does not change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failure {
    status: u16,
    content_type: Option<String>,
    body: String,
    policy: String,
    attempts: u32,
    waited_ms: u64,
    elapsed_ms: u64,
    #[serde(flatten)]
    pub(super) life: FailureLife,
}

impl Failure {
    /// The failure of an operation that ended at `now`, if it is shared.
    pub(super) fn of(error: &OperationError, now: Duration) -> Option<Self> {
        let life = FailureLife::after(&error.outcome, error.gave_up, now)?;
        let answer = error.answer.as_ref()?;
        Some(Self {
            status: answer.status,
            content_type: answer.header(CONTENT_TYPE).map(str::to_owned),
            body: String::from_utf8(answer.body.clone()).ok()?,
            policy: error.policy.clone(),
            attempts: error.attempts,
            waited_ms: milliseconds(error.waited),
            elapsed_ms: milliseconds(error.elapsed),
            life,
        })
    }

    /// The error as the process that asked received it.
    pub(super) fn into_error(self, wanted: &'static str) -> OperationError {
        let content_type = self.content_type.into_iter();
        let answer = Answer {
            status: self.status,
            headers: content_type
                .map(|kind| (CONTENT_TYPE.to_owned(), kind))
                .collect(),
            body: self.body.into_bytes(),
        };
        OperationError {
            wanted,
            policy: self.policy,
            gave_up: GaveUp::NotRetryable,
            attempts: self.attempts,
            waited: Duration::from_millis(self.waited_ms),
            elapsed: Duration::from_millis(self.elapsed_ms),
            outcome: Outcome::Status {
                status: self.status,
                retry_after: RetryAfter::default(),
            },
            service: answer.service_error(),
            unreadable: None,
            advice: Advice::ChangeRequest,
            answer: Some(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::decision::{Decision, Snapshot};
    use super::*;

    type Seen = Snapshot<(), Failure>;

    const NOW: Duration = Duration::from_secs(1_000_000);

    fn error(status: u16) -> OperationError {
        let outcome = Outcome::Status {
            status,
            retry_after: RetryAfter::default(),
        };
        let answer = Answer {
            status,
            headers: vec![(CONTENT_TYPE.to_owned(), "application/json".to_owned())],
            body: br#"{"error":"invalid_request"}"#.to_vec(),
        };
        OperationError {
            attempts: 2,
            waited: Duration::from_secs(1),
            elapsed: Duration::from_millis(1100),
            service: answer.service_error(),
            answer: Some(answer),
            ..OperationError::of_one(outcome)
        }
    }

    #[test]
    fn a_final_failure_is_shared_unchanged() {
        let failure = Failure::of(&error(400), NOW).expect("a failure for all");
        assert_eq!(failure.into_error("token"), error(400));
    }

    #[test]
    fn it_is_shared_for_a_second_whatever_the_clock_does() {
        let failure = Failure::of(&error(400), NOW).expect("a failure for all");
        assert!(
            failure.life.is_live(NOW) && failure.life.is_live(NOW + Duration::from_millis(999))
        );
        assert!(!failure.life.is_live(NOW + Duration::from_secs(1)));
        assert!(
            !failure
                .life
                .is_live(NOW.saturating_sub(Duration::from_mins(2)))
        );
    }

    #[test]
    fn a_process_that_finds_it_neither_asks_nor_waits() {
        let failure = Failure::of(&error(400), NOW);
        let seen = |now| {
            let failure = failure.clone().map(|failure| (failure.life, failure));
            let seen = Seen {
                failure,
                ..Seen::default()
            };
            seen.decide(now)
        };
        assert!(matches!(seen(NOW), Decision::Fail(_)));
        assert_eq!(seen(NOW + Duration::from_secs(1)), Decision::Ask);
    }

    #[test]
    fn a_failure_that_others_may_not_have_is_not_shared() {
        assert_eq!(Failure::of(&error(429), NOW), None);
        assert_eq!(Failure::of(&error(503), NOW), None);
        let exhausted = OperationError {
            gave_up: GaveUp::RetriesExhausted,
            ..error(400)
        };
        assert_eq!(Failure::of(&exhausted, NOW), None);
    }
}

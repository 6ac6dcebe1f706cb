//! What the clients of a broker see of an operation of its own, as an outcome; the same as its replies say.

use std::time::Duration;

use crate::advice::Advice;
use crate::outcome::{Outcome, RetryAfter};

/// The Retry-After of a response for which no better one is known. (Ours.)
pub(super) const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(5);

/// What a client sees of a request for a token that ended with `outcome`, if the broker asks again after `again_in`:
/// IMDS's error, or a 503 if IMDS did not answer. It has a Retry-After unless asking again is of no use.
#[must_use]
pub fn seen(outcome: &Outcome, again_in: Duration) -> Outcome {
    let unanswered = matches!(outcome, Outcome::Transport(_));
    let may_pass = unanswered || Advice::after(outcome, false) == Advice::TryLater;
    let wait = may_pass.then(|| whole_seconds(again_in));
    let (status, mut retry_after) = match outcome {
        Outcome::Status {
            status,
            retry_after,
        } => (*status, *retry_after),
        _ => (503, RetryAfter::default()),
    };
    if retry_after.date.is_none() {
        retry_after.seconds = retry_after.seconds.or(wait);
    }
    Outcome::Status {
        status,
        retry_after,
    }
}

/// What a client sees that has waited for as long as it may, or that is one too many to wait.
#[must_use]
pub fn busy() -> Outcome {
    let retry_after = RetryAfter {
        seconds: Some(DEFAULT_RETRY_AFTER),
        ..RetryAfter::default()
    };
    Outcome::Status {
        status: 503,
        retry_after,
    }
}

/// A Retry-After is a number of seconds.
pub(super) fn whole_seconds(wait: Duration) -> Duration {
    let up = u64::from(wait.subsec_nanos() > 0);
    Duration::from_secs(wait.as_secs().saturating_add(up).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::TransportFailure;

    const IN: Duration = Duration::from_millis(1300);

    fn status(status: u16, seconds: Option<u64>) -> Outcome {
        let retry_after = RetryAfter {
            seconds: seconds.map(Duration::from_secs),
            ..RetryAfter::default()
        };
        Outcome::Status {
            status,
            retry_after,
        }
    }

    #[test]
    fn an_error_of_imds_is_passed_on_with_when_to_ask_again() {
        assert_eq!(seen(&status(429, None), IN), status(429, Some(2)));
        assert_eq!(seen(&status(429, Some(9)), IN), status(429, Some(9)));
        assert_eq!(seen(&status(400, None), IN), status(400, None));
    }

    #[test]
    fn without_an_answer_it_is_a_503() {
        let reset = Outcome::Transport(TransportFailure::Reset);
        assert_eq!(seen(&reset, IN), status(503, Some(2)));
        assert_eq!(seen(&Outcome::Malformed, IN), status(503, None));
        assert_eq!(busy(), status(503, Some(5)));
    }
}

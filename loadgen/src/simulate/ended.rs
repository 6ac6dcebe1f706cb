//! How attempts end in virtual time, as the client's policy and the record see it.

use imds_client::acquire::{Outcome, RetryAfter, TransportFailure};
use imds_emulator::limit::Refusal;

use crate::record::Answer;

pub(super) fn refused(refusal: &Refusal) -> (Outcome, Answer) {
    let retry_after = RetryAfter {
        seconds: refusal.retry_after,
        ..RetryAfter::default()
    };
    (
        Outcome::Status {
            status: 429,
            retry_after,
        },
        Answer::Refused(Some(refusal.limiter)),
    )
}

/// An identity that the VM does not have; a scenario's check leaves only the ambiguous default.
pub(super) fn rejected() -> (Outcome, Answer) {
    let outcome = Outcome::Status {
        status: 400,
        retry_after: RetryAfter::default(),
    };
    (outcome, Answer::Status(400))
}

pub(super) fn timed_out() -> (Outcome, Answer) {
    (Outcome::Transport(TransportFailure::Timeout), Answer::None)
}

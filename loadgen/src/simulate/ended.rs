//! How attempts end in virtual time, as the client's policy and the record see it.

use imds_client::acquire::{Outcome, RetryAfter, TransportFailure};
use imds_emulator::limit::Refusal;
use imds_emulator::vm::Departure;

use crate::record::Answer;

/// A token, or Entra's answer that there is none.
pub(super) fn departed(departure: &Departure) -> (Outcome, Answer) {
    match departure {
        Departure::Denied(_) => rejected(),
        Departure::Token(_) | Departure::Plain => (Outcome::Success, Answer::Granted),
    }
}

pub(super) fn refused(refusal: &Refusal) -> (Outcome, Answer) {
    let retry_after = RetryAfter {
        seconds: refusal.retry_after,
        milliseconds: refusal.retry_after_ms,
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

/// A 400: an identity that the VM does not have (a scenario's check leaves only the ambiguous default),
/// or a resource that Entra denies.
pub(super) fn rejected() -> (Outcome, Answer) {
    failed(400)
}

/// An error status that a fault answered with; nobody names a limiter.
pub(super) fn failed(status: u16) -> (Outcome, Answer) {
    let outcome = Outcome::Status {
        status,
        retry_after: RetryAfter::default(),
    };
    let answer = match status {
        429 => Answer::Refused(None),
        _ => Answer::Status(status),
    };
    (outcome, answer)
}

/// The connection was broken off before the answer was whole.
pub(super) fn broken(failure: TransportFailure) -> (Outcome, Answer) {
    (Outcome::Transport(failure), Answer::None(failure))
}

/// A 200 without a token in it.
pub(super) fn malformed() -> (Outcome, Answer) {
    (Outcome::Malformed, Answer::Status(200))
}

pub(super) fn timed_out() -> (Outcome, Answer) {
    broken(TransportFailure::Timeout)
}

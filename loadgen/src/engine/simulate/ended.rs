//! How attempts end in virtual time, as the client's policy and the record see it.

use std::time::Duration;

use imds_client::acquire::{Outcome, RetryAfter, TransportFailure};
use imds_emulator::fault::{Comeback, FaultAnswer};
use imds_emulator::limit::{Limiter, Refusal};
use imds_emulator::vm::{Departure, Grant};

use crate::record::Answer;
use crate::session::outcome::Acquired;
use crate::session::tokens::Bearer;

/// How an attempt ended, as the client sees it and as the record does.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) outcome: Outcome,
    pub(super) answer: Answer,
    /// The token in the answer, if there is one.
    pub(super) grant: Option<Grant>,
}

impl End {
    fn without_token(outcome: Outcome, answer: Answer) -> Self {
        let grant = None;
        Self {
            outcome,
            answer,
            grant,
        }
    }

    /// The life that is left of the token in the answer to a request for one.
    pub(super) fn life(&self, now: Duration) -> Duration {
        let grant = self.grant.as_ref().expect("a token was asked for");
        grant.expires_at.saturating_sub(now)
    }

    /// The token in the answer to a request for one.
    pub(super) fn token(&self, now: Duration) -> Acquired {
        let grant = self.grant.clone().expect("a token was asked for");
        Acquired {
            life: self.life(now),
            bearer: Bearer::Grant(grant),
        }
    }
}

/// A token, or Entra's answer that there is none.
pub(super) fn departed(departure: Departure) -> End {
    let grant = match departure {
        Departure::Denied(_) => return rejected(),
        Departure::Token(grant) => Some(grant),
        Departure::Plain => None,
    };
    End {
        outcome: Outcome::Success,
        answer: Answer::Granted,
        grant,
    }
}

pub(super) fn refused(refusal: &Refusal) -> End {
    let retry_after = RetryAfter {
        seconds: refusal.retry_after,
        milliseconds: refusal.retry_after_ms,
        ..RetryAfter::default()
    };
    End::without_token(
        Outcome::Status {
            status: 429,
            retry_after,
        },
        Answer::Refused(Some(refusal.limiter)),
    )
}

/// A 400: a probe without the header `Metadata`, an identity that the VM does not have (a scenario's check
/// leaves only the ambiguous default), or a resource that Entra denies.
pub(super) fn rejected() -> End {
    failed(400, None)
}

/// An error status that a fault answered with, and its `Retry-After` where it has one. No
/// limiter is named.
pub(super) fn failed(status: u16, retry_after: Option<Duration>) -> End {
    let retry_after = RetryAfter {
        seconds: retry_after,
        ..RetryAfter::default()
    };
    let outcome = Outcome::Status {
        status,
        retry_after,
    };
    let answer = match status {
        429 => Answer::Refused(None),
        _ => Answer::Status(status),
    };
    End::without_token(outcome, answer)
}

/// What a broker answers that has no token, since this limiter has refused it if one did.
pub(super) fn of_outcome(outcome: Outcome, limiter: Option<Limiter>) -> End {
    let answer = match &outcome {
        Outcome::Status { status: 429, .. } => Answer::Refused(limiter),
        Outcome::Status { status, .. } => Answer::Status(*status),
        Outcome::Transport(failure) => Answer::None(*failure),
        Outcome::Success | Outcome::Malformed => Answer::Status(200),
    };
    End::without_token(outcome, answer)
}

/// A token that the broker had.
pub(super) fn handed_out(grant: Grant) -> End {
    End {
        outcome: Outcome::Success,
        answer: Answer::Granted,
        grant: Some(grant),
    }
}

/// The connection broke before the answer was complete.
/// What a fault answered with: below 300 it is not the document that the client expects (assumed).
pub(super) fn answered(answer: &FaultAnswer) -> End {
    if answer.status < 300 {
        return malformed();
    }
    let mut end = failed(answer.status, None);
    if let Outcome::Status { retry_after, .. } = &mut end.outcome {
        match answer.comeback {
            None => {}
            Some(Comeback::Seconds(wait)) => retry_after.seconds = Some(wait),
            Some(Comeback::Date(wait)) => retry_after.date = Some(wait),
            Some(Comeback::Milliseconds(wait)) => retry_after.milliseconds = Some(wait),
        }
    }
    end
}

pub(super) fn broken(failure: TransportFailure) -> End {
    End::without_token(Outcome::Transport(failure), Answer::None(failure))
}

/// A 200 whose body is not the expected document.
pub(super) fn malformed() -> End {
    End::without_token(Outcome::Malformed, Answer::Status(200))
}

pub(super) fn timed_out() -> End {
    broken(TransportFailure::Timeout)
}

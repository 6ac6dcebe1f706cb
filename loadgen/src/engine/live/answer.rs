//! How an attempt over sockets is counted.

use imds_client::{Answer as ImdsAnswer, Outcome};
use imds_emulator::limit::Limiter;

use crate::record::Answer;

/// The header in which an emulator names the limiter that refused, when it is asked to.
const LIMITER: &str = "x-imds-emulator-limiter";

/// How an attempt is counted that has ended with this outcome, and with this answer if there was one.
pub(super) fn of(outcome: &Outcome, answer: Option<&ImdsAnswer>) -> Answer {
    match outcome {
        Outcome::Success => Answer::Granted,
        Outcome::Status { status: 429, .. } => Answer::Refused(answer.and_then(limiter)),
        Outcome::Status { status, .. } => Answer::Status(*status),
        Outcome::Malformed => Answer::Status(200),
        Outcome::Transport(failure) => Answer::None(*failure),
    }
}

fn limiter(answer: &ImdsAnswer) -> Option<Limiter> {
    let headers = &answer.headers;
    let (_, name) = headers.iter().find(|(name, _)| name == LIMITER)?;
    Limiter::ALL
        .into_iter()
        .find(|limiter| limiter.name() == name)
}

//! Requests of the journals as attempts of a session: what was sent when, and its answer.
//!
//! A request that is like the one of its process before it, which failed, is a retry. Times are the emulator's: from
//! a request's arrival to its answer.

use std::time::Duration;

use imds_client::acquire::TransportFailure;
use imds_emulator::journal::{Entry, Outcome, StubEntry};

use super::HerdSeen;
use crate::command::check::rule::requests::is_expected;
use crate::command::check::seen::{is_like, is_served};
use crate::record::{Answer, Attempt, RequestKind, Sending, SessionId};

/// The end of a path by which requests for tokens are known, in every protocol.
const TOKEN: &str = "/token";

/// One request of a process.
#[derive(Clone, Copy, Debug)]
pub(in crate::command::herd) struct SeenRequest {
    pub(in crate::command::herd) sending: Sending,
    /// None: it was not answered before the run ended.
    pub(in crate::command::herd) attempt: Option<Attempt>,
    /// How long its service took, of a token that was granted.
    pub(in crate::command::herd) service_time: Duration,
}

/// Whether a token is asked for, or something else.
#[must_use]
pub(in crate::command::herd) fn kind(entry: &Entry) -> RequestKind {
    if entry.path.ends_with(TOKEN) {
        RequestKind::Token
    } else {
        RequestKind::Metadata
    }
}

/// Whether a token was asked for and granted.
pub(in crate::command::herd) fn is_granted(request: &SeenRequest) -> bool {
    let granted = |attempt: Attempt| attempt.answer == Answer::Granted;
    request.sending.kind == RequestKind::Token && request.attempt.is_some_and(granted)
}

/// When the tokens of a process were given to it, since the run's start.
#[must_use]
pub(in crate::command::herd) fn tokens(seen: &HerdSeen, id: SessionId) -> Vec<Duration> {
    let granted = asked(seen, id).into_iter().filter(is_granted);
    granted.filter_map(|it| Some(it.attempt?.ended)).collect()
}

/// The requests of a process to IMDS, in the order of arrival.
#[must_use]
pub(in crate::command::herd) fn asked(seen: &HerdSeen, id: SessionId) -> Vec<SeenRequest> {
    let own: Vec<&Entry> = seen.asked_by(id).collect();
    let mut indices: Vec<u32> = Vec::new();
    let mut requests = Vec::new();
    for (nth, entry) in own.iter().enumerate() {
        let earlier = own[..nth].iter().rposition(|it| is_like(it, entry));
        let failed = earlier.filter(|earlier| is_failure(own[*earlier]));
        let retry_index = failed.map_or(0, |failed| indices[failed] + 1);
        indices.push(retry_index);
        let waited = failed.map(|failed| entry.at.saturating_sub(ended(own[failed])));
        let sending = Sending {
            kind: kind(entry),
            path: None,
            retry_index,
            at: seen.at(entry.time),
            waited: waited.unwrap_or_default(),
        };
        let outcome = (entry.at, &entry.outcome);
        requests.push(SeenRequest::new(sending, outcome, || answer(entry)));
    }
    requests
}

/// The requests of a process to Resource Manager, likewise.
#[must_use]
pub(in crate::command::herd) fn managed(seen: &HerdSeen, id: SessionId) -> Vec<SeenRequest> {
    let requests = seen.managed_by(id).map(|entry| {
        let sending = Sending {
            kind: RequestKind::ResourceManager,
            path: None,
            retry_index: 0,
            at: seen.at(entry.time),
            waited: Duration::ZERO,
        };
        let outcome = (entry.at, &entry.outcome);
        SeenRequest::new(sending, outcome, || manager_answer(entry))
    });
    requests.collect()
}

impl SeenRequest {
    /// What is told of a request that came at a time, with that outcome.
    fn new(
        sending: Sending,
        (came, outcome): (Duration, &Outcome),
        answer: impl FnOnce() -> Answer,
    ) -> SeenRequest {
        let attempt = outcome.ended_at.map(|ended| Attempt {
            kind: sending.kind,
            retry_index: sending.retry_index,
            sent: sending.at,
            ended: sending.at + ended.saturating_sub(came),
            answer: answer(),
        });
        SeenRequest {
            sending,
            attempt,
            service_time: outcome.service_time.unwrap_or_default(),
        }
    }
}

fn is_failure(entry: &Entry) -> bool {
    !is_served(entry) && !is_expected(entry)
}

fn ended(entry: &Entry) -> Duration {
    entry.outcome.ended_at.unwrap_or(entry.at)
}

/// Only a token is what a request for one asks for.
fn answer(entry: &Entry) -> Answer {
    let outcome = &entry.outcome;
    let is_whole = kind(entry) != RequestKind::Token || outcome.token_expires_in.is_some();
    match outcome.status {
        Some(200..300) if is_whole && is_served(entry) => Answer::Granted,
        Some(429) => Answer::Refused(outcome.limiter),
        Some(status) => Answer::Status(status),
        None => Answer::None(none(outcome)),
    }
}

fn manager_answer(entry: &StubEntry) -> Answer {
    let outcome = &entry.outcome;
    match outcome.status {
        Some(200..300) => Answer::Granted,
        Some(429) => Answer::Refused(outcome.limiter),
        Some(status) => Answer::Status(status),
        None => Answer::None(none(outcome)),
    }
}

/// Why there was no answer, as far as a fault says it.
fn none(outcome: &Outcome) -> TransportFailure {
    match outcome.reason.as_deref() {
        Some("reset") => TransportFailure::Reset,
        Some("close") => TransportFailure::Closed,
        _ => TransportFailure::Other,
    }
}

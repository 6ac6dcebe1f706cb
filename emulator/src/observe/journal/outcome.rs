//! The outcome of a request, in the journal of IMDS and in that of Resource Manager.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use hyper::body::Body;
use serde::{Deserialize, Serialize};

use crate::document::milliseconds_if_any;
use crate::model::limit::{Left, Limiter};
use crate::wire::redact;
use crate::wire::reply::{Answer, RETRY_AFTER_MS};

/// The outcome of a request; all is unknown at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// What was decided.
    pub verdict: Option<Fate>,
    /// Which limiter refused it.
    pub limiter: Option<Limiter>,
    /// What its limits still allowed right after the decision, if they decided about it.
    pub left: Option<Left>,
    /// What was wrong with it, if it was rejected, or which fault it met.
    pub reason: Option<String>,
    /// How long serving it was to take, if it was admitted.
    #[serde(rename = "service_time_ms", serialize_with = "milliseconds_if_any")]
    pub service_time: Option<Duration>,
    /// The status of its answer; none while it is served, and if the client did not wait.
    pub status: Option<u16>,
    /// The retry advice of the answer: in milliseconds, if it has that header.
    #[serde(rename = "retry_after_ms", serialize_with = "milliseconds_if_any")]
    pub retry_after: Option<Duration>,
    /// The `Content-Type` of the answer.
    pub content_type: Option<String>,
    /// The length of the answer's body in bytes.
    pub body_bytes: Option<u64>,
    /// The answer's body if its status is 400 or more, cut to 512 bytes. Other answers may hold a token,
    /// so nothing of them is kept.
    pub error_body: Option<String>,
    /// How long the token in the answer was still good for; none if a fault kept it from the client.
    #[serde(rename = "token_expires_in_ms", serialize_with = "milliseconds_if_any")]
    pub token_expires_in: Option<Duration>,
    /// When it was answered, or its connection was found closed, since the run's start.
    #[serde(rename = "ended_at_ms", serialize_with = "milliseconds_if_any")]
    pub ended_at: Option<Duration>,
    /// Whether the connection was closed before there was an answer.
    pub client_gone: bool,
}

/// What was decided about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It was served.
    Admitted,
    /// It was throttled.
    Refused,
    /// It was faulty.
    Rejected,
    /// A fault took the place of the service.
    Faulted,
    /// It was no HTTP, or its head was too long: the HTTP layer answered 400 or 431, or nothing.
    Unreadable,
}

impl Fate {
    /// The name used in journal, metrics and filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fate::Admitted => "admitted",
            Fate::Refused => "refused",
            Fate::Rejected => "rejected",
            Fate::Faulted => "faulted",
            Fate::Unreadable => "unreadable",
        }
    }
}

impl Outcome {
    /// Notes the answer.
    pub(crate) fn answered(&mut self, answer: &Answer) {
        self.status = Some(answer.status().as_u16());
        self.retry_after = retry_advice(answer).or(self.retry_after);
        self.content_type = content_type(answer);
        self.body_bytes = answer.body().size_hint().exact();
        self.error_body = words(answer);
    }
}

fn content_type(answer: &Answer) -> Option<String> {
    let kind = answer.headers().get(CONTENT_TYPE)?;
    Some(redact::word(&String::from_utf8_lossy(kind.as_bytes())))
}

/// The retry advice of an answer: in milliseconds if it has that header, since a client that reads it may
/// retry sooner than the whole seconds beside it say.
fn retry_advice(answer: &Answer) -> Option<Duration> {
    let number = |name| answer.headers().get(name)?.to_str().ok()?.parse().ok();
    let exact = number(RETRY_AFTER_MS).map(Duration::from_millis);
    exact.or_else(|| number(RETRY_AFTER).map(Duration::from_secs))
}

/// The body of an error. Only an answer that is no error holds a token, and nothing of those is read.
fn words(answer: &Answer) -> Option<String> {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let mut body = answer.body().clone();
    let whole = Pin::new(&mut body).poll_frame(&mut Context::from_waker(Waker::noop()));
    match whole {
        Poll::Ready(Some(Ok(frame))) => {
            let bytes = frame.into_data().ok()?;
            Some(redact::error_body(&String::from_utf8_lossy(&bytes)))
        }
        _ => None,
    }
}

//! The kinds of failure that a result counts.

use imds_client::acquire::{GaveUp, Outcome, TransportFailure};

use crate::session::outcome::Kind;

/// The kind of a session's failure, by how the last attempt of its connect ended.
#[must_use]
pub(crate) fn kind(last: &Outcome) -> Kind {
    match last {
        // Most failures of most runs.
        Outcome::Status { status: 429, .. } => "imds_429".into(),
        Outcome::Status { status, .. } => format!("imds_{status}").into(),
        Outcome::Success | Outcome::Malformed => "imds_malformed".into(),
        Outcome::Transport(failure) => format!("imds_{}", transport(*failure)).into(),
    }
}

/// The name of a failure without an answer.
pub(crate) fn transport(failure: TransportFailure) -> &'static str {
    match failure {
        TransportFailure::Connect => "connect",
        TransportFailure::Unreachable => "unreachable",
        TransportFailure::Timeout => "timeout",
        TransportFailure::Reset => "reset",
        TransportFailure::Closed => "closed",
        TransportFailure::Other => "transport",
    }
}

/// The name of the reason for which a client asked no more.
pub(crate) fn gave_up(reason: GaveUp) -> &'static str {
    match reason {
        GaveUp::NotRetryable => "not_retryable",
        GaveUp::RetriesExhausted => "retries_exhausted",
        GaveUp::TimeLimit => "time_limit",
        GaveUp::RetryAfterTooLong => "retry_after_too_long",
        GaveUp::Replayed => "replayed",
    }
}

//! The kinds of failure that a result counts.

use imds_client::acquire::{Outcome, TransportFailure};

/// The kind of a session's failure, by how the last attempt of its connect ended.
#[must_use]
pub fn kind(last: &Outcome) -> String {
    match last {
        Outcome::Status { status, .. } => format!("imds_{status}"),
        Outcome::Success | Outcome::Malformed => "imds_malformed".to_owned(),
        Outcome::Transport(failure) => format!("imds_{}", transport(*failure)),
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

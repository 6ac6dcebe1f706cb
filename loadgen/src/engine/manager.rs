//! Answers of Resource Manager without what was asked for: how both drivers count them, and what sessions get.

use std::time::Duration;

use imds_client::acquire::TransportFailure;

use crate::record::attempt::Answer;
use crate::record::failure;
use crate::session::outcome::ManagerFailure;

/// How an answer without what was asked for is counted.
pub(crate) fn answer(status: u16) -> Answer {
    match status {
        429 => Answer::Refused(None),
        _ => Answer::Status(status),
    }
}

/// What a session gets of it.
pub(crate) fn unmanaged(status: u16, retry_after: Option<Duration>) -> ManagerFailure {
    ManagerFailure {
        kind: format!("arm_{status}"),
        retry_after,
    }
}

/// What a session gets if there is no answer.
pub(crate) fn unanswered(failure: TransportFailure) -> ManagerFailure {
    ManagerFailure {
        kind: format!("arm_{}", failure::transport(failure)),
        retry_after: None,
    }
}

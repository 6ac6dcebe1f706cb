//! Why a request is not served, and its answer in the protocols other than IMDS.

use http::StatusCode;
use serde::Serialize;

use crate::model::limit::Refusal;
use crate::wire::flaw::Flaw;
use crate::wire::reply::{Answer, allowing, answer_json};

/// Why a request is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is faulty.
    Flaw(Flaw),
    /// It lacks the secret.
    Stranger,
    /// It must read the key file first.
    Challenge,
    /// A limit refused it.
    Refused(Refusal),
    /// The key file cannot be written.
    NoKeyFile,
    /// The service is down: a fault answers with this status.
    Down(u16),
}

impl From<Flaw> for Failure {
    fn from(flaw: Flaw) -> Self {
        Failure::Flaw(flaw)
    }
}

/// The answer with that body. `methods` are those that the protocol takes: a 405 names them.
pub(super) fn failed(failure: Failure, methods: &'static str, body: &impl Serialize) -> Answer {
    let answer = answer_json(status(failure), body);
    match failure {
        Failure::Flaw(Flaw::MethodNotAllowed) => allowing(answer, methods),
        _ => answer,
    }
}

/// The text for a flaw, where the protocol's own is unknown.
pub(super) fn words(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::MetadataHeaderMissing => "Required metadata header not specified",
        Flaw::MethodNotAllowed => "Method not allowed",
        Flaw::VersionInvalid => "The api-version is missing or not supported",
        Flaw::ResourceMissing => "The resource is missing",
        Flaw::SelectorsMixed => "More than one identity was specified",
        Flaw::IdentityNotFound => "Identity not found",
        Flaw::SeveralIdentities => "More than one identity exists, specify one",
        Flaw::BodyTooLong => "The body is too long",
        _ => "Bad request",
    }
}

pub(super) fn status(failure: Failure) -> StatusCode {
    match failure {
        Failure::Flaw(Flaw::MethodNotAllowed) => StatusCode::METHOD_NOT_ALLOWED,
        Failure::Flaw(_) => StatusCode::BAD_REQUEST,
        Failure::Stranger | Failure::Challenge => StatusCode::UNAUTHORIZED,
        Failure::Refused(_) => StatusCode::TOO_MANY_REQUESTS,
        Failure::NoKeyFile => StatusCode::INTERNAL_SERVER_ERROR,
        Failure::Down(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

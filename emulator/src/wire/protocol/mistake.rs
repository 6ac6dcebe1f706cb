//! Why a request in one of the other protocols gets no token, and what all of them make of it.

use http::StatusCode;

use crate::model::limit::Refusal;
use crate::wire::flaw::Flaw;

/// Why a request gets no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// It is faulty.
    Flaw(Flaw),
    /// It does not show the secret.
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

impl From<Flaw> for Mistake {
    fn from(flaw: Flaw) -> Self {
        Mistake::Flaw(flaw)
    }
}

/// What a flaw is called in words, where a protocol's own are not known.
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

pub(super) fn status(mistake: Mistake) -> StatusCode {
    match mistake {
        Mistake::Flaw(Flaw::MethodNotAllowed) => StatusCode::METHOD_NOT_ALLOWED,
        Mistake::Flaw(_) => StatusCode::BAD_REQUEST,
        Mistake::Stranger | Mistake::Challenge => StatusCode::UNAUTHORIZED,
        Mistake::Refused(_) => StatusCode::TOO_MANY_REQUESTS,
        Mistake::NoKeyFile => StatusCode::INTERNAL_SERVER_ERROR,
        Mistake::Down(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

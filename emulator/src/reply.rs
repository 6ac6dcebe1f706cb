//! Every answer of the IMDS port: the one place that knows statuses, headers and bodies.
//!
//! Bodies marked *observed* were seen in published captures and are kept byte for byte; the others
//! are *assumed*, in the shape that their category has.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, SERVER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::ext::ReasonPhrase;
use serde::Serialize;

use crate::guard::Flaw;
use crate::limit::{Category, Refusal};
use crate::route::versions;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const LIMITER: HeaderName = HeaderName::from_static("x-imds-emulator-limiter");
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// An answer on its way out.
pub(crate) type Answer = Response<Full<Bytes>>;

/// Goes with an answer that holds a token, for the journal: how long the token is still good for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenLife(pub(crate) Duration);

/// A token as it is answered. The fields stand in the observed order, and all numbers are strings.
#[derive(Debug, Serialize)]
pub(crate) struct TokenBody<'a> {
    pub(crate) access_token: &'a str,
    pub(crate) client_id: &'a str,
    /// Seconds that are left.
    pub(crate) expires_in: String,
    /// Seconds since 1970.
    pub(crate) expires_on: String,
    pub(crate) ext_expires_in: &'static str,
    /// Seconds since 1970.
    pub(crate) not_before: String,
    pub(crate) resource: &'a str,
    pub(crate) token_type: &'static str,
}

/// 200 with a token (observed).
pub(crate) fn token(body: &TokenBody<'_>, request_id: &str) -> Answer {
    success(serde_json::to_vec(body), request_id)
}

/// 200 with all API versions (documented).
pub(crate) fn versions(request_id: &str) -> Answer {
    let body = serde_json::json!({ "apiVersions": versions::ALL });
    success(serde_json::to_vec(&body), request_id)
}

/// The answer to a refusal, a 429. The identity body and the empty reason phrase are observed, as is that no header says when
/// to come back or who refused; the other category's body is assumed.
pub(crate) fn throttled(category: Category, refusal: Refusal, name_limiter: bool) -> Answer {
    const TEXT: &str = "Temporarily throttled, too many requests";
    let body = error_body(category, "invalid_request", TEXT);
    let mut answer = answer(StatusCode::TOO_MANY_REQUESTS, body);
    answer
        .extensions_mut()
        .insert(ReasonPhrase::from_static(b""));
    let headers = answer.headers_mut();
    if let Some(wait) = refusal.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    if name_limiter {
        headers.insert(LIMITER, HeaderValue::from_static(refusal.limiter.name()));
    }
    answer
}

/// The 4xx of a faulty request.
pub(crate) fn flawed(category: Category, flaw: Flaw) -> Answer {
    let (status, code, text) = explanation(category, flaw);
    let mut answer = answer(status, error_body(category, code, text));
    if flaw == Flaw::MethodNotAllowed {
        answer
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET"));
    }
    answer
}

/// Puts the service's name on an answer.
pub(crate) fn signed(mut answer: Answer, server: &HeaderValue) -> Answer {
    answer.headers_mut().insert(SERVER, server.clone());
    answer
}

fn explanation(category: Category, flaw: Flaw) -> (StatusCode, &'static str, &'static str) {
    let bad = |text| (StatusCode::BAD_REQUEST, "invalid_request", text);
    match flaw {
        // Both observed: the shapes differ, and so do the words.
        Flaw::MetadataHeaderMissing => bad(match category {
            Category::Identity => "Required metadata header not specified",
            Category::Other => "Bad request: . Required metadata header not specified",
        }),
        // Observed.
        Flaw::ResourceMissing => bad("Required query variable 'resource' is missing"),
        Flaw::IdentityNotFound => bad("Identity not found"),
        Flaw::SeveralIdentities => bad(
            "Multiple user assigned identities exist, please specify the clientId / resourceId of \
             the identity in the token request",
        ),
        // Assumed; the words of the version's flaw are documented for other paths.
        Flaw::Forwarded => bad("Bad request. The header X-Forwarded-For is not allowed"),
        Flaw::ParameterRepeated => bad("Bad request. A query parameter was given more than once"),
        Flaw::SelectorsMixed => bad("Bad request. More than one identity was specified"),
        Flaw::VersionInvalid => bad(
            "Bad request. api-version is invalid or was not specified in the request. \
             For more information refer to aka.ms/azureimds",
        ),
        Flaw::PathUnknown => (StatusCode::NOT_FOUND, "not_found", "Not found"),
        Flaw::MethodNotAllowed => (
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Http method isn't allowed",
        ),
    }
}

/// Both shapes are observed, with their spaces. The words are ours: nothing in them needs escaping.
fn error_body(category: Category, code: &str, text: &str) -> String {
    match category {
        Category::Identity => format!(r#"{{"error":"{code}","error_description":"{text}"}}"#),
        Category::Other => format!(r#"{{ "error": "{text}" }}"#),
    }
}

fn success(body: serde_json::Result<Vec<u8>>, request_id: &str) -> Answer {
    let mut answer = answer(StatusCode::OK, body.expect("text is always JSON"));
    let request_id = HeaderValue::from_str(request_id).expect("a GUID is a header value");
    answer.headers_mut().insert(REQUEST_ID, request_id);
    answer
}

fn answer(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, JSON);
    answer
}

#[cfg(test)]
mod tests;

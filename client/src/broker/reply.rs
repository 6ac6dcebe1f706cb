//! What the broker answers in IMDS's protocol: status, headers and body.

use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::asked_token::AskedToken;
use super::counts::Counts;
use super::guard::Rejection;
use super::head::Head;
use super::response::{BrokerResponse, app_service_error, imds_error, ok};
use super::seen::{DEFAULT_RETRY_AFTER, whole_seconds};
use super::unanswered::Unanswered;
use crate::cache::CachedToken;
use crate::clock::since_1970;
use crate::wire::Answer;

/// IMDS writes this in every answer, however much of the token's life is left (observed).
const EXTENDED_LIFE: &str = "86399";

/// The token endpoint's body, with the keys in IMDS's order. All numbers are strings (documented).
#[derive(Serialize)]
struct Granted<'a> {
    access_token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<String>,
    ext_expires_in: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    resource: &'a str,
    token_type: &'a str,
}

/// The answer to a request for a token. Its resource is that of the request, byte for byte: some clients
/// do not keep a token for another.
pub(super) fn token(
    request: &AskedToken,
    result: Result<CachedToken, Unanswered>,
) -> BrokerResponse {
    let cached = match result {
        Ok(cached) => cached,
        Err(unanswered) => return failed(true, &unanswered),
    };
    let token = &cached.token;
    let digits = |seconds: u64| seconds.to_string();
    ok(&Granted {
        access_token: &token.access_token,
        client_id: token.client_id.as_deref(),
        expires_in: cached.expires_in.map(|left| digits(left.as_secs())),
        expires_on: expires_on(&cached).map(digits),
        ext_expires_in: EXTENDED_LIFE,
        not_before: token.not_before.map(digits),
        resource: &request.resource,
        token_type: &token.token_type,
    })
}

/// Seconds since 1970: as the service wrote it, or else from the token's remaining life.
pub(super) fn expires_on(cached: &CachedToken) -> Option<u64> {
    let computed = || Some((since_1970() + cached.expires_in?).as_secs());
    cached.token.expires_on.or_else(computed)
}

/// What IMDS answered to a forwarded request.
pub(super) fn relayed(head: &Head, result: Result<Answer, Unanswered>) -> BrokerResponse {
    match result {
        Ok(answer) => forwarded(&answer),
        Err(unanswered) => failed(head.is_beneath("/metadata/identity"), &unanswered),
    }
}

/// The broker's state and counts.
pub(super) fn health(counts: &Counts) -> BrokerResponse {
    let mut body = counts.to_json();
    body["status"] = json!("ok");
    ok(&body)
}

/// The error for a request that is turned away.
pub(super) fn rejected(head: &Head, rejection: &Rejection) -> BrokerResponse {
    let (status, code, text) = described(rejection);
    if let Rejection::AppService(_) | Rejection::IdentityHeaderWrong = rejection {
        return app_service_error(status, text);
    }
    imds_error(head.is_beneath("/metadata/identity"), status, code, text)
}

/// Status, code and text. Those for the missing header are IMDS's (observed): clients find out whether
/// there is an IMDS by a request without it.
fn described(rejection: &Rejection) -> (StatusCode, &'static str, &'static str) {
    const BAD: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "invalid_request");
    const DENIED: (StatusCode, &str) = (StatusCode::FORBIDDEN, "access_denied");
    let ((status, code), text) = match rejection {
        Rejection::MetadataHeaderMissing => (BAD, "Required metadata header not specified"),
        Rejection::Forwarded => (
            BAD,
            "X-Forwarded-For is not allowed: it came through a proxy",
        ),
        Rejection::ForeignHost => (
            DENIED,
            "The host in the request is neither an address nor allowed",
        ),
        Rejection::FromPage => (DENIED, "Requests of web pages are not answered"),
        Rejection::IdentityHeaderWrong => (
            (StatusCode::UNAUTHORIZED, "unauthorized_client"),
            "X-IDENTITY-HEADER is missing or wrong",
        ),
        Rejection::PathUnknown => ((StatusCode::NOT_FOUND, "not_found"), "Not found"),
        Rejection::PathClimbs => (
            BAD,
            "The path has a segment . or .., or a backslash, in some spelling",
        ),
        Rejection::MethodNotAllowed => (
            (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            "The method is not allowed",
        ),
        Rejection::BodyTooLong => (
            (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
            "The body is too long",
        ),
        Rejection::AppService(text) => (BAD, *text),
    };
    (status, code, text)
}

/// The last error of IMDS, or a 503 if IMDS did not answer.
fn failed(is_identity: bool, unanswered: &Unanswered) -> BrokerResponse {
    if let Some(answer) = last_error(unanswered) {
        return with_retry_after(forwarded(answer), unanswered);
    }
    let text = error_text(unanswered);
    let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable");
    with_retry_after(imds_error(is_identity, status, code, &text), unanswered)
}

/// The error that IMDS answered last; a 200 that could not be read is none.
pub(super) fn last_error(unanswered: &Unanswered) -> Option<&Answer> {
    let answer = unanswered.error()?.answer.as_ref()?;
    (answer.status != 200).then_some(answer)
}

/// The text of an error of the broker's own.
pub(super) fn error_text(unanswered: &Unanswered) -> String {
    match (unanswered, unanswered.error()) {
        (_, Some(error)) => format!("imds-client: {error}"),
        (Unanswered::TooManyWaiting, None) => {
            "imds-client: too many requests wait already".to_owned()
        }
        (_, None) => "imds-client: IMDS has not granted it yet; ask again".to_owned(),
    }
}

/// Adds a Retry-After, unless there is one or a retry is of no use. Some clients retry only a response
/// that has one, and some repeat the failure of one that has it for so long.
pub(super) fn with_retry_after(
    mut response: BrokerResponse,
    unanswered: &Unanswered,
) -> BrokerResponse {
    if let Some(wait) = retry_after(unanswered) {
        let value = HeaderValue::from(whole_seconds(wait).as_secs());
        response.headers_mut().entry(RETRY_AFTER).or_insert(value);
    }
    response
}

/// When a client is to retry; `None` if that is of no use.
fn retry_after(unanswered: &Unanswered) -> Option<Duration> {
    match unanswered {
        Unanswered::TooManyWaiting | Unanswered::TimedOut | Unanswered::NoAnswer(_) => {
            Some(DEFAULT_RETRY_AFTER)
        }
        Unanswered::NoToken(failure) => {
            let may_pass = failure.error.answer.is_none() || failure.error.is_transient();
            may_pass.then_some(failure.again_in)
        }
    }
}

/// Headers that belong to one connection, or that follow from the body's length.
const NOT_FORWARDED: [&str; 5] = [
    "connection",
    "content-length",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
];

fn forwarded(answer: &Answer) -> BrokerResponse {
    let body = Zeroizing::new(answer.body.clone());
    let mut response = Response::new(Full::new(Bytes::from_owner(body)));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let kept = answer.headers.iter();
    for (name, value) in kept.filter(|(name, _)| !NOT_FORWARDED.contains(&&**name)) {
        let pair = HeaderName::try_from(name)
            .ok()
            .zip(HeaderValue::try_from(value).ok());
        if let Some((name, value)) = pair {
            response.headers_mut().append(name, value);
        }
    }
    response
}

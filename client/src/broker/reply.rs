//! Every answer: status, headers and body. Errors of the broker's own have the forms of IMDS's, since
//! clients read those.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, SERVER};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};

use super::Counts;
use super::guard::Flaw;
use super::head::Head;
use super::waiting::Trouble;
use crate::cache::CachedToken;
use crate::clock::since_1970;
use crate::error::OperationError;
use crate::wire::{Answer, TokenRequest};

pub(super) type Outgoing = Response<Full<Bytes>>;

/// When a client is to come back whom nothing tells when there will be an answer. (Ours.)
const COME_BACK: Duration = Duration::from_secs(5);

/// What IMDS says in every answer, however much of the token's life is left (observed).
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

/// The answer to a request for a token. The resource is what was asked for, byte for byte: clients
/// that are told another do not keep the token.
pub(super) fn token(request: &TokenRequest, result: Result<CachedToken, Trouble>) -> Outgoing {
    let cached = match result {
        Ok(cached) => cached,
        Err(trouble) => return unanswered(true, &trouble),
    };
    let token = &cached.token;
    let digits = |seconds: u64| seconds.to_string();
    json_of(&Granted {
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

/// Seconds since 1970: as the service said, or else by its remaining life.
pub(super) fn expires_on(cached: &CachedToken) -> Option<u64> {
    let reckoned = || Some((since_1970() + cached.expires_in?).as_secs());
    cached.token.expires_on.or_else(reckoned)
}

/// What IMDS has answered, as it did.
pub(super) fn relayed(head: &Head, result: Result<Answer, Trouble>) -> Outgoing {
    match result {
        Ok(answer) => passed_on(&answer),
        Err(trouble) => unanswered(head.is_beneath("/metadata/identity"), &trouble),
    }
}

/// How the broker is.
pub(super) fn health(counts: &Counts) -> Outgoing {
    let mut body = counts.to_json();
    body["status"] = json!("ok");
    json_of(&body)
}

pub(super) fn flawed(head: &Head, flaw: &Flaw) -> Outgoing {
    let (status, code, text) = told(flaw);
    if let Flaw::AppService(_) | Flaw::IdentityHeaderWrong = flaw {
        return super::app_service::refused(status, text);
    }
    error(head.is_beneath("/metadata/identity"), status, code, text)
}

/// Status, code and words. Those for the missing header are IMDS's (observed): clients look for IMDS
/// by asking without it.
fn told(flaw: &Flaw) -> (StatusCode, &'static str, &'static str) {
    const BAD: (StatusCode, &str) = (StatusCode::BAD_REQUEST, "invalid_request");
    const DENIED: (StatusCode, &str) = (StatusCode::FORBIDDEN, "access_denied");
    let ((status, code), text) = match flaw {
        Flaw::MetadataHeaderMissing => (BAD, "Required metadata header not specified"),
        Flaw::Forwarded => (
            BAD,
            "X-Forwarded-For is not allowed: it came through a proxy",
        ),
        Flaw::ForeignHost => (
            DENIED,
            "The host in the request is neither an address nor allowed",
        ),
        Flaw::FromPage => (DENIED, "Requests of web pages are not answered"),
        Flaw::IdentityHeaderWrong => (
            (StatusCode::UNAUTHORIZED, "unauthorized_client"),
            "X-IDENTITY-HEADER is missing or wrong",
        ),
        Flaw::PathUnknown => ((StatusCode::NOT_FOUND, "not_found"), "Not found"),
        Flaw::MethodNotAllowed => (
            (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            "The method is not allowed",
        ),
        Flaw::BodyTooLong => (
            (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
            "The body is too long",
        ),
        Flaw::AppService(text) => (BAD, *text),
    };
    (status, code, text)
}

/// For want of an answer: what IMDS said last, or that it said nothing.
fn unanswered(is_identity: bool, trouble: &Trouble) -> Outgoing {
    if let Some(answer) = last_answer(trouble) {
        return asking_again(passed_on(answer), trouble);
    }
    let text = words(trouble);
    let (status, code) = (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable");
    asking_again(error(is_identity, status, code, &text), trouble)
}

/// The error that IMDS answered; a 200 that could not be read is none.
pub(super) fn last_answer(trouble: &Trouble) -> Option<&Answer> {
    let answer = failed(trouble)?.answer.as_ref()?;
    (answer.status != 200).then_some(answer)
}

pub(super) fn words(trouble: &Trouble) -> String {
    match (trouble, failed(trouble)) {
        (_, Some(error)) => format!("imds-client: {error}"),
        (Trouble::Crowded, None) => "imds-client: too many requests wait already".to_owned(),
        (_, None) => "imds-client: IMDS has not granted it yet; ask again".to_owned(),
    }
}

fn failed(trouble: &Trouble) -> Option<&OperationError> {
    match trouble {
        Trouble::Crowded | Trouble::Unfinished => None,
        Trouble::NoToken(failure) => Some(&failure.error),
        Trouble::NoAnswer(error) => Some(error),
    }
}

/// With a Retry-After, unless it has one or asking again is of no use: there are clients that retry
/// only what has it, and others that remember for so long whatever has it.
pub(super) fn asking_again(mut outgoing: Outgoing, trouble: &Trouble) -> Outgoing {
    let wait = match trouble {
        Trouble::Crowded | Trouble::Unfinished | Trouble::NoAnswer(_) => Some(COME_BACK),
        Trouble::NoToken(failure) => {
            let may_pass = failure.error.answer.is_none() || failure.error.is_transient();
            may_pass.then_some(failure.again_in)
        }
    };
    if let Some(wait) = wait {
        let seconds = wait.as_secs_f64().ceil().max(1.0);
        let value = HeaderValue::try_from(format!("{seconds:.0}")).expect("digits");
        outgoing.headers_mut().entry(RETRY_AFTER).or_insert(value);
    }
    outgoing
}

/// Headers that are of one connection, or that the length of the body decides.
const NOT_PASSED_ON: [&str; 5] = [
    "connection",
    "content-length",
    "keep-alive",
    "transfer-encoding",
    "upgrade",
];

fn passed_on(answer: &Answer) -> Outgoing {
    let mut outgoing = Response::new(Full::from(answer.body.clone()));
    *outgoing.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let kept = answer.headers.iter();
    for (name, value) in kept.filter(|(name, _)| !NOT_PASSED_ON.contains(&&**name)) {
        let pair = HeaderName::try_from(name)
            .ok()
            .zip(HeaderValue::try_from(value).ok());
        if let Some((name, value)) = pair {
            outgoing.headers_mut().append(name, value);
        }
    }
    outgoing
}

/// An error of the broker's own. Beneath the identity endpoints it has the form of OAuth's errors,
/// elsewhere that of IMDS.
fn error(is_identity: bool, status: StatusCode, code: &str, text: &str) -> Outgoing {
    let text = Value::from(text);
    let body = if is_identity {
        format!(r#"{{"error":"{code}","error_description":{text}}}"#)
    } else {
        format!(r#"{{ "error": {text} }}"#)
    };
    json(status, body)
}

fn json_of(body: &impl Serialize) -> Outgoing {
    let body = serde_json::to_string(body).expect("text is always JSON");
    json(StatusCode::OK, body)
}

pub(super) fn json(status: StatusCode, body: String) -> Outgoing {
    const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
    /// There are clients that want IMDS's name in it.
    const NAME: HeaderValue =
        HeaderValue::from_static(concat!("IMDS/imds-client-", env!("CARGO_PKG_VERSION")));
    let mut outgoing = Response::new(Full::from(body));
    *outgoing.status_mut() = status;
    outgoing.headers_mut().insert(CONTENT_TYPE, JSON);
    outgoing.headers_mut().insert(SERVER, NAME);
    outgoing
}

//! The answers of IMDS's own protocol: their statuses, headers and bodies.
//!
//! Bodies marked *observed* were seen in published captures and are kept byte for byte; the others
//! are *assumed*, in the shape that their category has. The answers of other protocols are written in
//! `protocol`, those of Resource Manager in `resource_manager`.

mod outage;
mod shape;
mod unreadable;

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, SERVER};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::model::api_version::{ALL, EVENTS, newest};
use crate::model::limit::{Category, Refusal};
use crate::wire::flaw::Flaw;
use crate::wire::head::Head;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
/// Azure's own name for it, which its libraries read in most languages.
pub(crate) const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("x-ms-retry-after-ms");
const LIMITER: HeaderName = HeaderName::from_static("x-imds-emulator-limiter");
/// Assumed.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

pub(crate) use outage::outage;
pub(crate) use shape::{Answer, answer_json, bytes};
pub(crate) use unreadable::of_unreadable;

use shape::{answer, bare, error_body, too_many};

/// 200 with what an endpoint has to say.
pub(crate) fn json(body: &impl Serialize) -> Answer {
    answer_json(StatusCode::OK, body)
}

/// 200 with a token (observed), or with another body that is JSON already.
pub(crate) fn written(body: impl Into<Bytes>) -> Answer {
    answer(StatusCode::OK, body)
}

/// 200 with text.
pub(crate) fn text(body: String) -> Answer {
    let mut answer = answer(StatusCode::OK, body);
    answer.headers_mut().insert(CONTENT_TYPE, TEXT);
    answer
}

/// 200 with the signed statement about the VM (documented).
pub(crate) fn attested(signature: &str) -> Answer {
    let body = serde_json::json!({ "encoding": "pkcs7", "signature": signature });
    json(&body)
}

/// 200 to an approval. What its body is, is unknown; Microsoft's samples take it for empty.
pub(crate) fn approved() -> Answer {
    written(String::new())
}

/// Gives an answer its id, a GUID.
pub(crate) fn identified(mut answer: Answer, request_id: &str) -> Answer {
    let request_id = HeaderValue::from_str(request_id).expect("a GUID is a header value");
    answer.headers_mut().insert(REQUEST_ID, request_id);
    answer
}

/// The answer to a refusal. That no header names a time to wait or the limiter is observed.
pub(crate) fn throttled(category: Category, refusal: Refusal, name_limiter: bool) -> Answer {
    let mut answer = too_many(category);
    let headers = answer.headers_mut();
    if let Some(wait) = refusal.retry_after_ms {
        let milliseconds = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        headers.insert(RETRY_AFTER_MS, HeaderValue::from(milliseconds));
    }
    if name_limiter {
        headers.insert(LIMITER, HeaderValue::from_static(refusal.limiter.name()));
    }
    with_retry_after(answer, refusal.retry_after)
}

/// The 4xx of a faulty request. That a 405 names the methods there are is assumed (HTTP requires it).
pub(crate) fn flawed(head: &Head, flaw: Flaw) -> Answer {
    let category = head.category();
    let (status, code, text) = explanation(head, flaw);
    let body = match (flaw, category) {
        (Flaw::VersionInvalid, Category::Other) => version_body(&text, ALL),
        (Flaw::EventsVersionMissing, _) => version_body(&text, EVENTS),
        (Flaw::EventsVersionUnknown, _) | (Flaw::PathUnknown, Category::Identity) => bare(&text),
        _ => error_body(category, code, &text),
    };
    let answer = answer(status, body);
    match flaw {
        Flaw::MethodNotAllowed => allowing(answer, "GET"),
        Flaw::NeitherGetNorPost => allowing(answer, "GET, POST"),
        _ => answer,
    }
}

/// Names the methods that there are.
pub(crate) fn allowing(mut answer: Answer, methods: &'static str) -> Answer {
    let methods = HeaderValue::from_static(methods);
    answer.headers_mut().insert(ALLOW, methods);
    answer
}

/// Adds Retry-After, in whole seconds.
pub(crate) fn with_retry_after(mut answer: Answer, wait: Option<Duration>) -> Answer {
    if let Some(wait) = wait {
        let seconds = HeaderValue::from(wait.as_secs());
        answer.headers_mut().insert(RETRY_AFTER, seconds);
    }
    answer
}

/// Adds the service's name to an answer; `IMDS` if the name cannot be a header.
pub(crate) fn signed(mut answer: Answer, server: &str) -> Answer {
    let server = HeaderValue::from_str(server).unwrap_or(HeaderValue::from_static("IMDS"));
    answer.headers_mut().insert(SERVER, server);
    answer
}

/// Status, code (for identities only) and words.
type Explanation = (StatusCode, &'static str, Cow<'static, str>);

fn bad(text: impl Into<Cow<'static, str>>) -> Explanation {
    (StatusCode::BAD_REQUEST, "invalid_request", text.into())
}

fn missing(text: impl Into<Cow<'static, str>>) -> Explanation {
    (StatusCode::NOT_FOUND, "not_found", text.into())
}

fn explanation(head: &Head, flaw: Flaw) -> Explanation {
    match flaw {
        // Both observed: the shapes differ, and so do the words.
        Flaw::MetadataHeaderMissing => bad(match head.category() {
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
        // Assumed.
        Flaw::Forwarded => bad("Bad request. The header X-Forwarded-For is not allowed"),
        Flaw::ParameterRepeated => bad("Bad request. A query parameter was given more than once"),
        Flaw::BodyTooLong => bad("Bad request. The body is too long"),
        Flaw::BodyInvalid => bad("Bad request. The body is not what was expected"),
        Flaw::EventUnknown => bad("Bad request. An EventId is not known"),
        Flaw::NonceInvalid => bad("Bad request. nonce is not up to 32 letters and digits"),
        Flaw::SelectorsMixed => bad("Bad request. More than one identity was specified"),
        // Documented for paths without identities; assumed for the others.
        Flaw::VersionInvalid | Flaw::EventsVersionMissing => bad(
            "Bad request. api-version is invalid or was not specified in the request. \
             For more information refer to aka.ms/azureimds",
        ),
        // Observed (2023) at /metadata/identity; assumed for what is beneath it.
        Flaw::PathUnknown if head.category() == Category::Identity => missing("Not Found"),
        // Documented for the load balancer's path; assumed to be the words of all others.
        Flaw::PathUnknown => missing(place("API isn't found", head)),
        Flaw::MethodNotAllowed | Flaw::NeitherGetNorPost => {
            let text = place("Http method isn't allowed", head);
            (
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                text.into(),
            )
        }
        Flaw::ValueNotAllowed(name) => bad(value_not_allowed(head, name)),
        // Observed (2023); the documents' words differ a little.
        Flaw::LoadBalancerMissing => missing(
            "No load balancer metadata is found. Please check if your VM is using any non-basic SKU \
             load balancer and retry later.",
        ),
        // Observed (2023) at /metadata/scheduledevents with a version of the general list. Of an unknown
        // element the status is documented, and the words are assumed.
        Flaw::EventsVersionUnknown | Flaw::ElementUnknown => missing("Not found"),
        // The status is documented, the words are assumed.
        Flaw::LeafAsJson => bad("Bad request. A single value is to be had with format=text only"),
    }
}

fn place(words: &str, head: &Head) -> String {
    let (path, method) = (&head.target.sent_path, &head.method);
    format!(r#"{words}: Path = "{path}", Method = "{method}""#)
}

fn value_not_allowed(head: &Head, name: &str) -> String {
    let value = head.parameter(name).unwrap_or_default();
    format!(
        r#"Parameter value "{value}" isn't allowed for parameter "{name}". Fix the request and retry."#
    )
}

/// Documented: clients read the newest versions out of it. That scheduled events name those of their own
/// line is assumed: they do not have the others.
fn version_body(text: &str, versions: &[&str]) -> String {
    serde_json::json!({ "error": text, "newest-versions": newest(versions) }).to_string()
}

#[cfg(test)]
mod tests;

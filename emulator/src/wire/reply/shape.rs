//! The shapes that the answers of the IMDS port share.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::ext::ReasonPhrase;
use serde::Serialize;

use crate::model::limit::Category;

/// In bytes: a token and what is said of it.
const TYPICAL_BODY: usize = 2048;
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// An answer on its way out.
pub(crate) type Answer = Response<Full<Bytes>>;

/// Any status with a body of its own, and no id.
pub(crate) fn answer_json(status: StatusCode, body: &impl Serialize) -> Answer {
    answer(status, bytes(body))
}

pub(super) fn answer(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, JSON);
    answer
}

/// Both shapes are observed, with their spaces.
pub(super) fn error_body(category: Category, code: &str, text: &str) -> String {
    let text = serde_json::Value::from(text);
    match category {
        Category::Identity => format!(r#"{{"error":"{code}","error_description":{text}}}"#),
        Category::Other => format!(r#"{{ "error": {text} }}"#),
    }
}

/// Observed (2023), in a program's rendering, so without its spaces, if there are any.
pub(super) fn bare(text: &str) -> String {
    serde_json::json!({ "error": text }).to_string()
}

/// A 429. The identity body and the empty reason phrase are observed; the other category's body is
/// assumed.
pub(super) fn too_many(category: Category) -> Answer {
    const WORDS: &str = "Temporarily throttled, too many requests";
    let body = error_body(category, "invalid_request", WORDS);
    let mut answer = answer(StatusCode::TOO_MANY_REQUESTS, body);
    answer
        .extensions_mut()
        .insert(ReasonPhrase::from_static(b""));
    answer
}

/// A body as JSON.
pub(crate) fn bytes(body: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(TYPICAL_BODY);
    serde_json::to_writer(&mut bytes, body).expect("text and numbers are always JSON");
    bytes
}

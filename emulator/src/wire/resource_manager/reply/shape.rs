//! The shapes that the answers of Resource Manager share.

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;

use crate::model::resource_manager::Left;
use crate::wire::reply::{Answer, answer_json};

const OWN_SUBSCRIPTION: HeaderName =
    HeaderName::from_static("x-ms-ratelimit-remaining-subscription-reads");
const ALL_SUBSCRIPTION: HeaderName =
    HeaderName::from_static("x-ms-ratelimit-remaining-subscription-global-reads");
const OWN_TENANT: HeaderName = HeaderName::from_static("x-ms-ratelimit-remaining-tenant-reads");

#[derive(Serialize)]
struct Error<'a> {
    error: ErrorBody<'a>,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    code: &'a str,
    message: &'a str,
}

/// The shape of all lists (documented).
pub(super) fn listed(value: Vec<Value>) -> Value {
    Value::from_iter([("value", Value::from(value))])
}

/// The shape of all errors (observed).
pub(super) fn error(status: StatusCode, code: &str, message: &str) -> Answer {
    let error = ErrorBody { code, message };
    answer_json(status, &Error { error })
}

/// What is left of a budget, in the headers of its scope (observed).
pub(super) fn with_left(mut answer: Answer, left: Option<Left>) -> Answer {
    let headers = answer.headers_mut();
    match left {
        Some(Left {
            own,
            all: Some(all),
        }) => {
            headers.insert(OWN_SUBSCRIPTION, HeaderValue::from(own));
            headers.insert(ALL_SUBSCRIPTION, HeaderValue::from(all));
        }
        Some(Left { own, all: None }) => {
            headers.insert(OWN_TENANT, HeaderValue::from(own));
        }
        None => {}
    }
    answer
}

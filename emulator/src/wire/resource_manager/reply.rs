//! The answers of Resource Manager: statuses, headers and bodies.
//!
//! Codes and words of errors were seen in published captures where they are marked *observed*; the
//! others are *assumed*, in the same shape.

mod content;
mod custom;
mod inventory;
mod refusal;
mod region;
mod shape;

use std::time::Duration;

use http::header::{
    CACHE_CONTROL, HeaderName, PRAGMA, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::model::calendar::utc;
use crate::wire::reply::{Answer, answer_json};
use crate::wire::resource_manager::request::RequestFlaw;

pub(crate) use content::{content, there};
pub(crate) use custom::{Echo, custom, own_body, with_headers};
pub(crate) use refusal::{RefusalContext, refused};

use shape::error;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-ms-correlation-request-id");
const ROUTING_ID: HeaderName = HeaderName::from_static("x-ms-routing-request-id");
/// The headers that every answer has.
pub(crate) struct CommonHeaders<'a> {
    pub(crate) request_id: String,
    /// Where it was answered, an Azure region.
    pub(crate) region: &'a str,
    /// When, since 1970.
    pub(crate) time: Duration,
}

impl CommonHeaders<'_> {
    /// The headers of captured answers (observed); the three ids agree if no request was routed.
    pub(crate) fn add_to(&self, mut answer: Answer) -> Answer {
        let CommonHeaders {
            request_id, region, ..
        } = self;
        let time = utc(self.time).strftime("%Y%m%dT%H%M%SZ");
        let routing = format!("{}:{time}:{request_id}", region.to_ascii_uppercase());
        let headers = answer.headers_mut();
        for (name, text) in [
            (REQUEST_ID, request_id.as_str()),
            (CORRELATION_ID, request_id),
            (ROUTING_ID, &routing),
            (CACHE_CONTROL, "no-cache"),
            (PRAGMA, "no-cache"),
            (
                STRICT_TRANSPORT_SECURITY,
                "max-age=31536000; includeSubDomains",
            ),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ] {
            if let Ok(value) = HeaderValue::from_str(text) {
                headers.insert(name, value);
            }
        }
        answer
    }
}

/// 200 with the description of the cloud.
pub(crate) fn description(description: &Value) -> Answer {
    answer_json(StatusCode::OK, description)
}

/// The answer to a request that cannot be parsed.
pub(crate) fn flawed(flaw: &RequestFlaw) -> Answer {
    let status = StatusCode::from_u16(status(flaw)).expect("a status");
    error(status, code(flaw), &words(flaw))
}

pub(crate) fn status(flaw: &RequestFlaw) -> u16 {
    match flaw {
        RequestFlaw::PathUnknown => 404,
        RequestFlaw::MethodNotAllowed => 405,
        RequestFlaw::VersionMissing
        | RequestFlaw::VersionInvalid(_)
        | RequestFlaw::FilterInvalid(_)
        | RequestFlaw::ValueInvalid(_) => 400,
    }
}

/// Those of the versions are observed, the others assumed.
pub(crate) fn code(flaw: &RequestFlaw) -> &'static str {
    match flaw {
        RequestFlaw::PathUnknown => "NotFound",
        RequestFlaw::MethodNotAllowed => "MethodNotAllowed",
        RequestFlaw::VersionMissing => "MissingApiVersionParameter",
        RequestFlaw::VersionInvalid(_) => "InvalidApiVersionParameter",
        RequestFlaw::FilterInvalid(_) => "InvalidFilterInQueryString",
        RequestFlaw::ValueInvalid(_) => "InvalidQueryParameterValue",
    }
}

/// Those of the versions are observed, but for which versions are supported; the others assumed.
fn words(flaw: &RequestFlaw) -> String {
    match flaw {
        RequestFlaw::PathUnknown => {
            "The emulator's Resource Manager does not serve this path.".to_owned()
        }
        RequestFlaw::MethodNotAllowed => {
            "The emulator's Resource Manager can only be read.".to_owned()
        }
        RequestFlaw::VersionMissing => {
            "The api-version query parameter (?api-version=) is required for all requests."
                .to_owned()
        }
        RequestFlaw::VersionInvalid(version) => format!(
            "The api-version '{version}' is invalid. The supported versions are \
             '2024-11-01,2024-07-01,2022-12-01,2022-09-01,2021-04-01,2021-01-01,2020-01-01,2016-06-01'."
        ),
        RequestFlaw::FilterInvalid(filter) => {
            format!("Invalid $filter '{filter}' specified in the query string.")
        }
        RequestFlaw::ValueInvalid(name) => format!("The query parameter '{name}' is invalid."),
    }
}

//! The forms of the broker's responses. Errors of its own have the forms of IMDS's and of App Service's,
//! since clients read those.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, SERVER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};

/// A response to a client of the broker.
pub(super) type BrokerResponse = Response<Full<Bytes>>;

/// A 200 with this body.
pub(super) fn ok(body: &impl Serialize) -> BrokerResponse {
    let body = serde_json::to_string(body).expect("text is always JSON");
    json(StatusCode::OK, body)
}

/// An error in the form of OAuth beneath IMDS's identity endpoints, and in that of IMDS elsewhere.
pub(super) fn imds_error(
    is_identity: bool,
    status: StatusCode,
    code: &str,
    text: &str,
) -> BrokerResponse {
    let text = Value::from(text);
    let body = if is_identity {
        format!(r#"{{"error":"{code}","error_description":{text}}}"#)
    } else {
        format!(r#"{{ "error": {text} }}"#)
    };
    json(status, body)
}

/// An error in the form of App Service's protocol.
pub(super) fn app_service_error(status: StatusCode, text: &str) -> BrokerResponse {
    let body = json!({ "statusCode": status.as_u16(), "message": text });
    json(status, body.to_string())
}

fn json(status: StatusCode, body: String) -> BrokerResponse {
    const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
    /// Some clients require that it begins with `IMDS`.
    const NAME: HeaderValue =
        HeaderValue::from_static(concat!("IMDS/imds-client-", env!("CARGO_PKG_VERSION")));
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response.headers_mut().insert(SERVER, NAME);
    response
}

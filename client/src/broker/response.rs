//! The forms of the broker's responses. Errors of its own have the forms of IMDS's and of App Service's,
//! since clients read those.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, SERVER};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// A response to a client of the broker.
pub(super) type BrokerResponse = Response<Full<Bytes>>;

/// The room for a body: more than that of a token takes, so that it does not leave a part of one behind by growing.
const USUAL_BODY: usize = 16 * 1024;

/// A 200 with this body, which may hold a token and is wiped from memory when it was sent.
pub(super) fn ok(body: &impl Serialize) -> BrokerResponse {
    let mut written = Zeroizing::new(Vec::with_capacity(USUAL_BODY));
    serde_json::to_writer(&mut *written, body).expect("text is always JSON");
    json(StatusCode::OK, Bytes::from_owner(written))
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
    json(status, body.into())
}

/// An error in the form of App Service's protocol.
pub(super) fn app_service_error(status: StatusCode, text: &str) -> BrokerResponse {
    let body = json!({ "statusCode": status.as_u16(), "message": text });
    json(status, body.to_string().into())
}

fn json(status: StatusCode, body: Bytes) -> BrokerResponse {
    const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
    /// Some clients require that it begins with `IMDS`.
    const NAME: HeaderValue =
        HeaderValue::from_static(concat!("IMDS/imds-client-", env!("CARGO_PKG_VERSION")));
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response.headers_mut().insert(SERVER, NAME);
    response
}

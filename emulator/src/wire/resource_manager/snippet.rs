//! The configuration that answers a request which the stub does not serve.

use http::StatusCode;
use toml::Value;

/// A table of TOML with an empty object, or with no body for a DELETE, as is usual.
pub(crate) fn answering(method: &str, path: &str) -> String {
    let text = |text: &str| Value::String(text.to_owned());
    let (status, body) = match method {
        "DELETE" => (StatusCode::NO_CONTENT, ""),
        _ => (StatusCode::OK, "body = {}\n"),
    };
    format!(
        "[[resource_manager.answers]]\nmethod = {}\npath = {}\nstatus = {}\n{body}",
        text(method),
        text(path),
        status.as_u16()
    )
}

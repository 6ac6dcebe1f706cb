//! What the administration port can do, as an `OpenAPI` document: kept by hand beside this file, and
//! held to the routes by a test.

use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;

/// The document.
pub(super) const DOCUMENT: &str = include_str!("openapi.json");

pub(super) async fn document() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT)
}

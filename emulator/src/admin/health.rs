//! Whether the emulator runs, whether it can sign tokens, and its version.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::observe::version::VERSION;
use crate::serve::service::Service;

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether tokens can be signed.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> (StatusCode, &'static str) {
    if service.token_issuer().is_ready() {
        (StatusCode::OK, "ready\n")
    } else {
        let why = "the signing key is being made\n";
        (StatusCode::SERVICE_UNAVAILABLE, why)
    }
}

pub(super) async fn version() -> Json<Value> {
    Json(json!({ "name": "imds-emulator", "version": VERSION }))
}

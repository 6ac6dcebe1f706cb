//! What was seen of the requests to Resource Manager, and the root of its certificate. As in Azure there is
//! one of it, whatever the VM.
//!
//! They are counted by client and operation. They are not in the journal: it is for requests to IMDS, and
//! clients are verified by it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::failure::Failure;
use super::state::AdminState;

pub(super) async fn tally(State(state): State<AdminState>) -> Json<Value> {
    Json(state.fleet().resource_manager().look(|manager| {
        let requests: Vec<_> = manager.tally().iter().collect();
        json!({ "requests": requests })
    }))
}

/// Waits until the keys are made.
pub(super) async fn root(State(state): State<AdminState>) -> Result<impl IntoResponse, Failure> {
    let pem = state
        .fleet()
        .resource_manager()
        .root()
        .await
        .map(str::to_owned);
    let missing = || Failure::new(StatusCode::NOT_FOUND, "Resource Manager is not served");
    let pem = pem.ok_or_else(missing)?;
    Ok(([(CONTENT_TYPE, "application/x-pem-file")], pem))
}

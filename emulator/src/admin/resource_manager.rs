//! What was seen of the requests to Resource Manager, and the root of its certificate. As in Azure there is
//! one of it, whatever the VM.
//!
//! Its journal is apart from that of IMDS, by which clients are verified.

pub(super) mod answers;
pub(super) mod journal;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::failure::Failure;
use super::state::AdminState;

/// Requests by client and operation, by cmdlet, those that are not served, and how many could not be read.
pub(super) async fn tally(State(state): State<AdminState>) -> Json<Value> {
    let stub = state.fleet().resource_manager();
    let tally = stub.look(|manager| manager.tally().clone());
    let requests: Vec<_> = tally.iter().collect();
    let counts = stub.observer().counts();
    Json(json!({
        "requests": requests,
        "commands": counts.commands(),
        "unmatched": counts.list_unmatched(),
        "unreadable": counts.unreadable(),
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

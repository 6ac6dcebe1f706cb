//! Scheduled events at run time: what there is, and a new one.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;

use serde_json::{Value, json};

use super::failure::Failure;
use crate::event::{Event, EventPlan};
use crate::service::Service;

/// The events that are told of now, with their times since the start.
pub(super) async fn list(State(service): State<Arc<Service>>) -> Json<Value> {
    let told = service.at_present(|now, vm| {
        let (incarnation, told) = vm.events().told(now);
        let told = told.into_iter();
        let told = told.map(|(event, state)| json!({ "event": event, "state": state }));
        json!({ "incarnation": incarnation, "events": told.collect::<Vec<_>>() })
    });
    Json(told)
}

/// Announces an event now. The body is JSON, with the keys of the configuration's `[[events]]` but `at`.
pub(super) async fn add(
    State(service): State<Arc<Service>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Event>), Failure> {
    let plan: EventPlan =
        serde_json::from_slice(&body).map_err(|error| Failure::bad_request(error.to_string()))?;
    let objections = plan.objections();
    if !objections.is_empty() {
        let lines = objections
            .iter()
            .map(|(key, expected)| format!("{key}: {expected}"));
        return Err(Failure::bad_request(lines.collect::<Vec<_>>().join("; ")));
    }
    let added = service.announce(plan);
    added
        .map(|event| (StatusCode::CREATED, Json(event)))
        .map_err(|error| Failure::new(StatusCode::CONFLICT, error.to_string()))
}

//! Scheduled events at run time: what there is, and a new one.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::event::{Event, EventPlan};
use crate::service::Service;

/// Why an event was not added, for a person.
type Refused = (StatusCode, String);

pub(super) fn router() -> Router<Arc<Service>> {
    Router::new().route("/scheduledevents", get(list).post(add))
}

/// The events that are told of now, with their times since the start.
async fn list(State(service): State<Arc<Service>>) -> Json<Value> {
    let told = service.at_present(|now, vm| {
        let (incarnation, told) = vm.events().told(now);
        let told = told.into_iter();
        let told = told.map(|(event, state)| json!({ "event": event, "state": state }));
        json!({ "incarnation": incarnation, "events": told.collect::<Vec<_>>() })
    });
    Json(told)
}

/// Announces an event now. The body is JSON, with the keys of the configuration's `[[events]]` but `at`.
async fn add(
    State(service): State<Arc<Service>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Event>), Refused> {
    let bad = |why: String| (StatusCode::BAD_REQUEST, why + "\n");
    let plan: EventPlan = serde_json::from_slice(&body).map_err(|error| bad(error.to_string()))?;
    let objections = plan.objections();
    if !objections.is_empty() {
        let lines = objections
            .iter()
            .map(|(key, expected)| format!("{key}: {expected}"));
        return Err(bad(lines.collect::<Vec<_>>().join("\n")));
    }
    let added = service.announce(plan);
    added
        .map(|event| (StatusCode::CREATED, Json(event)))
        .map_err(|error| (StatusCode::CONFLICT, format!("{error}\n")))
}

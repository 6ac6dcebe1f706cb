//! Scheduled events at run time: what there is, and a new one.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;

use serde_json::{Value, json};

use super::failure::Failure;
use crate::config::Config;
use crate::model::event::{Event, EventPlan};
use crate::serve::service::Service;

/// The events that are announced now, with their times since the start.
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
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<Event>), Failure> {
    let added = service.announce(read(&body?)?);
    added
        .map(|event| (StatusCode::CREATED, Json(event)))
        .map_err(|error| Failure::new(StatusCode::CONFLICT, error.to_string()))
}

/// JSON goes through the reader of configurations, so that it is held to the same rules.
fn read(body: &[u8]) -> Result<EventPlan, Failure> {
    let event: toml::Table =
        serde_json::from_slice(body).map_err(|error| Failure::no_object(&error))?;
    let plan = Config::event_from_toml("event", &event.to_string());
    plan.map_err(|problems| Failure::of_document(&problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_of_an_event_are_told_at_once_with_their_places() {
        let body = br#"{"id":"x","resources":[],"notice":"9000h","lasts":1,"when":"1s","at":"1s"}"#;
        let failure = format!("{:?}", read(body).unwrap_err());
        for place in ["type", "id", "resources", "notice", "lasts", "when", "at"] {
            assert!(
                failure.contains(&format!("path: \"{place}\"")),
                "{place}: {failure}"
            );
        }
        assert!(read(br#"{"type":"Freeze","duration":"9s"}"#).is_ok());
    }
}

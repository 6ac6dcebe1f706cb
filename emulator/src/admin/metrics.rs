//! Numbers: for Prometheus, and as JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::state::OneVm;
use crate::config::FIRST;
use crate::model::limit::{Category, Left};
use crate::model::vm::Vm;
use crate::observe::metrics;
use crate::serve::service::Service;

/// Those of Resource Manager, of which there is one, stand among the first VM's.
pub(super) async fn text(State(OneVm { fleet, service }): State<OneVm>) -> impl IntoResponse {
    let stub = (service.name() == FIRST).then(|| fleet.resource_manager().observer().metrics());
    let observer = service.observer();
    let kept = observer.journal().len();
    let (tally, left) = service.at_present(|now, vm| (vm.tally().clone(), left(now, vm)));
    let text = observer
        .metrics()
        .text(&tally, &service.config().limits, left, kept, stub)
        .expect("text is always written to memory");
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text)
}

/// What was done so far, and what the limits would still allow.
pub(super) async fn tally(State(service): State<Arc<Service>>) -> Json<Value> {
    let (tally, [identity, other]) =
        service.at_present(|now, vm| (vm.tally().clone(), left(now, vm)));
    let mut numbers = serde_json::to_value(tally).expect("numbers are always JSON");
    numbers["left"] = json!({ "identity": identity, "other": other });
    Json(numbers)
}

fn left(now: Duration, vm: &Vm) -> [Left; 2] {
    [Category::Identity, Category::Other].map(|category| vm.left(now, category))
}

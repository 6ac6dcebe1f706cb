//! How well the clients behaved.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::journal::Filter;
use crate::service::Service;
use crate::verify::{Report, verify};

pub(super) async fn judge(State(service): State<Arc<Service>>) -> Json<Report> {
    let entries = service.observer().journal().select(&Filter::ALL);
    Json(verify(&entries))
}

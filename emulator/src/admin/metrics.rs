//! Numbers: for Prometheus, and as JSON.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::metrics;
use crate::service::Service;
use crate::tally::Tally;

pub(super) async fn text(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let observer = service.observer();
    let kept = observer.journal().len();
    let tally = service.vm().tally().clone();
    let text = observer
        .metrics()
        .text(&tally, &service.config().limits, kept)
        .expect("text is always written to memory");
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text)
}

pub(super) async fn tally(State(service): State<Arc<Service>>) -> Json<Tally> {
    Json(service.vm().tally().clone())
}

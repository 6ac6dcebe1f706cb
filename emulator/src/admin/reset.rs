//! Starting afresh without a new process.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::serve::service::Service;

/// Journal, tally, limiters and tokens are as at the start; those being served are answered at once.
/// On a thread that may block: a long journal takes its time.
/// The counters of `/metrics` go on: Prometheus would take them for those of a new process.
pub(super) async fn reset(State(service): State<Arc<Service>>) -> StatusCode {
    let resetting = tokio::task::spawn_blocking(move || service.reset());
    resetting.await.expect("a reset does not panic");
    StatusCode::NO_CONTENT
}

//! The verification of the clients.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::observe::journal::Filter;
use crate::observe::verify::{Report, verify};
use crate::serve::service::Service;

/// How many findings of each rule are listed. All are counted.
const MOST_OF_A_RULE: usize = 1000;

/// On a thread that may block: a long journal takes its time.
pub(super) async fn judge(State(service): State<Arc<Service>>) -> Json<Report> {
    let judging =
        tokio::task::spawn_blocking(move || verify(&service.observer().entries(Filter::ALL)));
    let report = judging.await.expect("judging does not panic");
    Json(report.abridged(MOST_OF_A_RULE))
}

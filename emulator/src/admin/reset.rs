//! Starting afresh without a new process.

use axum::extract::State;
use axum::http::StatusCode;

use super::state::OneVm;

/// Journal, tally, limiters and tokens are as at the start; those being served are answered at once.
/// On a thread that may block: a long journal takes its time.
/// The counters of `/metrics` go on: Prometheus would take them for those of a new process.
pub(super) async fn reset(State(vm): State<OneVm>) -> StatusCode {
    let resetting = tokio::task::spawn_blocking(move || vm.fleet.reset(&vm.service));
    resetting.await.expect("a reset does not panic");
    StatusCode::NO_CONTENT
}

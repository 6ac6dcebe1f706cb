//! Which requests the administration port accepts: those that are for this host and from no other page.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use super::failure::Failure;
use super::state::AdminState;
use crate::wire::foreign::foreign;

/// Lets a request pass that is for this host and from no other page.
pub(super) async fn pass(
    State(state): State<AdminState>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    match foreign(request.headers(), &state.fleet().admin_hosts()) {
        Some(what) => Err(Failure::new(StatusCode::FORBIDDEN, what)),
        None => Ok(next.run(request).await),
    }
}

//! The root that attested documents are signed under, for verifiers to trust.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::serve::service::Service;

pub(super) async fn root(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let pem = service.attestor().root().await;
    ([(CONTENT_TYPE, "application/x-pem-file")], pem)
}

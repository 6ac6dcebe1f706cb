//! The root that attested documents are signed under, for verifiers to trust.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use crate::service::Service;

pub(super) fn router() -> Router<Arc<Service>> {
    Router::new().route("/attested/root.pem", get(root))
}

async fn root(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let pem = service.attestor().root().await;
    ([(CONTENT_TYPE, "application/x-pem-file")], pem)
}

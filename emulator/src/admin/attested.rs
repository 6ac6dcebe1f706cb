//! The certificates above the signer of attested documents: the root, for verifiers to trust, and the
//! intermediate between the two, which a verifier fetches.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::serve::service::Service;

pub(super) async fn root(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let pem = service.attestor().root().await;
    ([(CONTENT_TYPE, "application/x-pem-file")], pem)
}

/// In the form and with the type that RFC 5280 (4.2.2.1) requires of such an address.
pub(super) async fn intermediate(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let der = service.attestor().intermediate().await;
    ([(CONTENT_TYPE, "application/pkix-cert")], der)
}

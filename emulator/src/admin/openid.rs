//! Where a verifier of tokens finds the key: `OpenID` discovery, and the key set it names.
//!
//! The paths are Entra's, beneath the tenant. There is nothing to sign in to, so the metadata names no
//! endpoint for authorization or tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use serde_json::{Value, json};

use super::failure::Failure;
use crate::serve::service::Service;

pub(super) async fn metadata(
    State(service): State<Arc<Service>>,
    Path(tenant): Path<String>,
) -> Result<Json<Value>, Failure> {
    let token_issuer = service.token_issuer();
    known(&service, &tenant)?;
    Ok(Json(json!({
        "issuer": token_issuer.issuer(),
        "jwks_uri": token_issuer.keys_url(),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
    })))
}

/// Waits until the key is made.
pub(super) async fn keys(
    State(service): State<Arc<Service>>,
    Path(tenant): Path<String>,
) -> Result<Json<Value>, Failure> {
    known(&service, &tenant)?;
    let key = service.token_issuer().public_key().await;
    Ok(Json(json!({ "keys": [key] })))
}

fn known(service: &Service, tenant: &str) -> Result<(), Failure> {
    let is_known = service
        .token_issuer()
        .tenant_id()
        .eq_ignore_ascii_case(tenant);
    is_known
        .then_some(())
        .ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, "no such tenant"))
}

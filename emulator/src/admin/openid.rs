//! Where a verifier of tokens finds the key: `OpenID` discovery, and the key set it names.
//!
//! The paths are Entra's, beneath the tenant. There is nothing to sign in to, so the metadata names no
//! endpoint for authorization or tokens.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::service::Service;

/// Why there is no answer: the tenant is not the one that tokens name.
type NotFound = (StatusCode, &'static str);

pub(super) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/{tenant}/.well-known/openid-configuration", get(metadata))
        .route(
            "/{tenant}/v2.0/.well-known/openid-configuration",
            get(metadata),
        )
        .route("/{tenant}/discovery/keys", get(keys))
        .route("/{tenant}/discovery/v2.0/keys", get(keys))
}

async fn metadata(
    State(service): State<Arc<Service>>,
    Path(tenant): Path<String>,
) -> Result<Json<Value>, NotFound> {
    let mint = service.mint();
    known(&service, &tenant)?;
    Ok(Json(json!({
        "issuer": mint.issuer(),
        "jwks_uri": mint.keys_url(),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
    })))
}

/// Waits until the key is made.
async fn keys(
    State(service): State<Arc<Service>>,
    Path(tenant): Path<String>,
) -> Result<Json<Value>, NotFound> {
    known(&service, &tenant)?;
    let key = service.mint().public_key().await;
    Ok(Json(json!({ "keys": [key] })))
}

fn known(service: &Service, tenant: &str) -> Result<(), NotFound> {
    let is_known = service.mint().tenant_id().eq_ignore_ascii_case(tenant);
    is_known
        .then_some(())
        .ok_or((StatusCode::NOT_FOUND, "no such tenant\n"))
}

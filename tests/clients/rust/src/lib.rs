//! What a test may know of the emulator that its client asks: its journal, and what its tokens say.

use std::env;
use std::fs;
use std::sync::Arc;

use azure_core::credentials::AccessToken;
use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Of the user-assigned identity of ../vm.toml.
pub const JOBS: &str = "5a1f0c9e-0000-4000-8000-000000000001";

/// A credential as programs make it, whose requests can only go to the emulator.
pub fn credential(id: Option<UserAssignedId>) -> Arc<ManagedIdentityCredential> {
    assert!(
        speaks_app_service() || has_only_loopback(),
        "the client would ask the real metadata address"
    );
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id: id,
        ..Default::default()
    };
    ManagedIdentityCredential::new(Some(options)).unwrap()
}

/// Whether the client is led to the emulator by the variables of App Service.
fn speaks_app_service() -> bool {
    env::var("IDENTITY_ENDPOINT").is_ok_and(|url| url.starts_with("http://127.0.0.1:"))
}

/// Whether this is a network namespace without a way out (Linux only).
fn has_only_loopback() -> bool {
    let devices = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let mut names = devices.lines().skip(2).map(str::trim_start);
    !devices.is_empty() && names.all(|line| line.starts_with("lo:"))
}

/// When the requests for tokens of a resource came, in seconds since the emulator's start.
pub async fn requests(resource: &str) -> Vec<f64> {
    let page: Value = reqwest::get(admin("/journal"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let asked = format!(
        "resource={}",
        resource.replace(':', "%3A").replace('/', "%2F")
    );
    let entries = page["entries"].as_array().unwrap().iter();
    entries
        .filter(|entry| {
            entry["query"]
                .as_str()
                .unwrap()
                .split('&')
                .any(|pair| pair == asked)
        })
        .map(|entry| entry["at_ms"].as_f64().unwrap() / 1e3)
        .collect()
}

/// The next so many requests for tokens of the resource are answered by that status.
pub async fn answer_next(resource: &str, count: u32, status: u16) {
    let fault = json!({"resource": resource, "next": count, "effect": {"status": status}});
    let sent = reqwest::Client::new().post(admin("/faults")).json(&fault);
    let answer = sent.send().await.unwrap();
    assert!(
        answer.status().is_success(),
        "{}",
        answer.text().await.unwrap()
    );
}

fn admin(path: &str) -> String {
    env::var("IMDS_ADMIN").unwrap() + path
}

/// The claims of a token, which must have the three parts of a signed JWT.
pub fn claims(token: &AccessToken) -> Value {
    let parts: Vec<&str> = token.token.secret().split('.').collect();
    assert!(parts.len() == 3 && parts.iter().all(|part| !part.is_empty()));
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
}

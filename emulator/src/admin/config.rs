//! The configuration that holds, and reading it again.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::failure::Failure;
use super::state::OneVm;
use crate::config::Config;
use crate::config::reload::{ReloadError, ReloadFailure};

pub(super) async fn effective(State(vm): State<OneVm>) -> Json<Value> {
    json(&vm.fleet.config_of(&vm.service))
}

/// The file is read on a thread that may block.
pub(super) async fn reload(State(vm): State<OneVm>) -> Result<Json<Value>, Failure> {
    let reloading = tokio::task::spawn_blocking(move || vm.fleet.reload(&vm.service));
    let reloaded = reloading.await.expect("reading does not panic")?;
    Ok(json(&reloaded))
}

impl From<ReloadFailure> for Failure {
    fn from(failure: ReloadFailure) -> Self {
        match failure {
            ReloadFailure::Read(ReloadError::Wrong(problems)) => Failure::of_file(&problems),
            ReloadFailure::Read(error) => Failure::bad_request(error.to_string()),
            ReloadFailure::NeedsStart(ref keys) => {
                Failure::conflict("the configuration needs a new start", keys, &failure)
            }
            ReloadFailure::NoSource => Failure::new(StatusCode::CONFLICT, failure.to_string()),
        }
    }
}

fn json(config: &Config) -> Json<Value> {
    Json(serde_json::to_value(config).expect("a configuration is always JSON"))
}

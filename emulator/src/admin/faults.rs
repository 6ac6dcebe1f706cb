//! Faults at run time: which there are, and more of them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::failure::Failure;
use crate::config::VmSettings;
use crate::model::fault::{Fault, FaultReport};
use crate::serve::service::Service;

/// So many faults can be planned at once: each request is held against all of them.
const MOST: usize = 1000;

/// Which have struck, and which never did.
pub(super) async fn report(State(service): State<Arc<Service>>) -> Json<Vec<FaultReport>> {
    Json(service.vm().faults().report())
}

/// Adds what one `[[faults]]` table of the configuration would; its times begin now.
pub(super) async fn inject(
    State(service): State<Arc<Service>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Vec<FaultReport>>, Failure> {
    let faults = read(&service.config(), &body?)?;
    if !service.inject_within(MOST, faults) {
        return Err(Failure::bad_request(format!(
            "expected {MOST} faults at most; DELETE /faults removes them"
        )));
    }
    Ok(report(State(service)).await)
}

/// Removes them all.
pub(super) async fn clear(State(service): State<Arc<Service>>) -> StatusCode {
    service.clear_faults();
    StatusCode::NO_CONTENT
}

/// Removes those of that name.
pub(super) async fn remove(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let there_was_one = service.remove_faults(&name);
    let missing = || Failure::new(StatusCode::NOT_FOUND, "no fault has this name");
    there_was_one
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(missing)
}

/// JSON goes through the reader of configurations, so that it is held to the same rules. Identities
/// are those of the running configuration.
fn read(config: &VmSettings, body: &[u8]) -> Result<Vec<Fault>, Failure> {
    let fault: toml::Table =
        serde_json::from_slice(body).map_err(|error| Failure::no_object(&error))?;
    let document = toml::Table::from_iter([("faults".to_owned(), vec![fault].into())]);
    let faults = config.faults_from_toml("faults", &document.to_string());
    faults.map_err(|problems| Failure::of_document(&problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_written_as_in_a_configuration() {
        let config = VmSettings::default();
        let right = br#"{"effect":{"status":410},"identity":"system","lasts":"70s"}"#;
        assert_eq!(read(&config, right).expect("right").len(), 1);
        assert!(read(&config, br#"{"preset":"update"}"#).is_ok());
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"effect":"bang"}"#,
            r#"{"effect":"reset","identity":"nobody"}"#,
            r#"{"effect":"reset","nht":3}"#,
        ] {
            assert!(read(&config, wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

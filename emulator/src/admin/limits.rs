//! The limits at run time, in the words of the configuration.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use serde_json::Value;

use super::failure::Failure;
use crate::config::Config;
use crate::model::limit::Limits;
use crate::serve::service::Service;

pub(super) async fn show(State(service): State<Arc<Service>>) -> Json<Value> {
    Json(document(&service.config().limits))
}

/// Replaces them all: what is left out is as the profile has it.
pub(super) async fn set(
    State(service): State<Arc<Service>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Failure> {
    let limits = read(&service.config().profile, &body?)?;
    let shown = document(&limits);
    service.set_limits(limits);
    Ok(Json(shown))
}

/// Limits as a configuration writes them: false for none, and no setting that is not set.
fn document(limits: &Limits) -> Value {
    let mut value = serde_json::to_value(limits).expect("limits are always JSON");
    in_words(&mut value);
    value
}

fn in_words(value: &mut Value) {
    let Value::Object(map) = value else { return };
    map.retain(|key, value| key != "burst" || !value.is_null());
    for value in map.values_mut() {
        in_words(value);
        match value {
            Value::Null => *value = Value::Bool(false),
            Value::Object(map) if map.len() == 1 => {
                if let Some(fixed) = map.remove("fixed") {
                    *value = fixed;
                }
            }
            _ => {}
        }
    }
}

/// JSON goes through the reader of configurations, so that it is held to the same rules.
fn read(profile: &str, body: &[u8]) -> Result<Limits, Failure> {
    let limits: toml::Table =
        serde_json::from_slice(body).map_err(|error| Failure::no_object(&error))?;
    let document = toml::Table::from_iter([("limits".to_owned(), limits.into())]);
    let text = document.to_string();
    let config = Config::from_toml_as("limits", &text, profile);
    let config = config.map_err(|problems| Failure::of_document(&problems))?;
    Ok(config.vm.limits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::VmSettings;

    fn read_text(text: &str) -> Limits {
        read("azure", text.as_bytes()).expect("right")
    }

    #[test]
    fn what_is_shown_can_be_sent_back() {
        for text in [
            "",
            "profile = 'unlimited'",
            "limits.retry_after = '3s'",
            "limits.retry_after = 'whole-seconds'",
            "limits.identity.rate = { algorithm = 'gcra', burst = 3, window = '1m 5s' }",
        ] {
            let limits = Config::from_toml("c", text).unwrap().vm.limits;
            let shown = document(&limits).to_string();
            assert_eq!(read_text(&shown), limits, "{shown}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_the_profile_has_it() {
        let limits = read_text(r#"{"identity":{"concurrent":false}}"#);
        assert_eq!(limits.identity.concurrent, None);
        assert_eq!(limits.other, VmSettings::default().limits.other);
        assert_eq!(
            limits.identity.rate,
            VmSettings::default().limits.identity.rate
        );
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let body = br#"{"identity":{"concurrent":0},"check_frist":"rate"}"#;
        let failure = format!("{:?}", read("azure", body).unwrap_err());
        for part in [
            "limits.identity.concurrent",
            "limits.check_frist",
            "line: None",
        ] {
            assert!(failure.contains(part), "{failure}");
        }
        for body in ["", "[]", "null", r#"{"identity":null}"#, "{"] {
            assert!(read("azure", body.as_bytes()).is_err(), "{body}");
        }
    }
}

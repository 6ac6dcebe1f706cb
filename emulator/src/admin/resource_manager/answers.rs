//! Answers of the user's own at run time: which there are, and more of them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::admin::failure::Failure;
use crate::admin::state::AdminState;
use crate::config::ResourceManagerSettings;
use crate::model::resource_manager::{AnswerReport, CustomAnswer};

/// How often each was given.
pub(crate) async fn report(State(state): State<AdminState>) -> Json<Vec<AnswerReport>> {
    Json(state.fleet().resource_manager().answers())
}

/// Adds what one `[[resource_manager.answers]]` table of the configuration would, behind the others.
pub(crate) async fn add(
    State(state): State<AdminState>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Vec<AnswerReport>>, Failure> {
    let answers = read(&body?)?;
    let added = state.fleet().resource_manager().add_answers(answers);
    added.map_err(|why| Failure::bad_request(why.to_string()))?;
    Ok(report(State(state)).await)
}

/// Removes them all.
pub(crate) async fn clear(State(state): State<AdminState>) -> StatusCode {
    state.fleet().resource_manager().clear_answers();
    StatusCode::NO_CONTENT
}

/// Removes those of that name.
pub(crate) async fn remove(
    State(state): State<AdminState>,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    let there_was_one = state.fleet().resource_manager().remove_answers(&name);
    let missing = || Failure::new(StatusCode::NOT_FOUND, "no answer has this name");
    there_was_one
        .then_some(StatusCode::NO_CONTENT)
        .ok_or_else(missing)
}

/// JSON goes through the reader of configurations, so that it is held to the same rules. It may name no
/// file: the port would show what the process may read.
fn read(body: &[u8]) -> Result<Vec<Arc<CustomAnswer>>, Failure> {
    let answer: toml::Table =
        serde_json::from_slice(body).map_err(|error| Failure::no_object(&error))?;
    let document = toml::Table::from_iter([("answers".to_owned(), vec![answer].into())]);
    let read = ResourceManagerSettings::answers_from_toml("answers", &document.to_string());
    read.map_err(|problems| Failure::of_document(&problems))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_in_a_configuration_without_files() {
        let right = br#"{"method":"PUT","path":"/a/*","body":{"b":[1]},"times":2}"#;
        assert_eq!(read(right).expect("right").len(), 1);
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"path":"a"}"#,
            r#"{"path":"/a","file":"/etc/hosts"}"#,
        ] {
            assert!(read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

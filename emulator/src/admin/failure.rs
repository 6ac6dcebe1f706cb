//! The errors of the administration port: JSON with one shape.

use std::fmt::Display;

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::document::Problems;

/// Why a request was not done. Nothing has changed then.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    body: Body,
}

#[derive(Debug, Serialize)]
struct Body {
    error: String,
    /// All that is wrong with what was sent or read.
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct Problem {
    path: String,
    message: String,
    /// In a file, from 1; else null.
    line: Option<usize>,
    column: Option<usize>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, error: impl Into<String>) -> Failure {
        let body = Body {
            error: error.into(),
            problems: Vec::new(),
        };
        Failure { status, body }
    }

    pub(super) fn bad_request(error: impl Into<String>) -> Failure {
        Failure::new(StatusCode::BAD_REQUEST, error)
    }

    /// 400 to a body that is no JSON object.
    pub(super) fn no_object(error: &serde_json::Error) -> Failure {
        Failure::bad_request(format!("expected a JSON object: {error}"))
    }

    /// 400 with every problem of a file.
    pub(super) fn of_file(problems: &Problems) -> Failure {
        Failure::of(problems, true)
    }

    /// 400 with every problem of a document that has no lines.
    pub(super) fn of_document(problems: &Problems) -> Failure {
        Failure::of(problems, false)
    }

    /// 409 with the keys that prevent it, each for the same reason.
    pub(super) fn conflict(error: &str, keys: &[&str], reason: &impl Display) -> Failure {
        let mut failure = Failure::new(StatusCode::CONFLICT, error);
        let problems = keys.iter().map(|&key| Problem {
            path: key.to_owned(),
            message: reason.to_string(),
            line: None,
            column: None,
        });
        failure.body.problems = problems.collect();
        failure
    }

    fn of(problems: &Problems, placed: bool) -> Failure {
        let list = problems.iter().map(|problem| Problem {
            path: problem.path.clone(),
            message: problem.message.clone(),
            line: placed.then_some(problem.line),
            column: placed.then_some(problem.column),
        });
        let mut failure = Failure::bad_request("wrong configuration");
        failure.body.problems = list.collect();
        failure
    }
}

/// A body that is too long, or broken off.
impl From<BytesRejection> for Failure {
    fn from(why: BytesRejection) -> Failure {
        let error = match why.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "expected at most 64 KiB".to_owned(),
            _ => why.body_text(),
        };
        Failure::new(why.status(), error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

pub(super) async fn no_such_path() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "no such path")
}

/// The router adds which methods there are.
pub(super) async fn no_such_method() -> Failure {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "no such method here")
}

//! The counts of an answer of the user's own.

use serde::Serialize;

use super::answer::CustomAnswer;

/// How often an answer was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerReport {
    /// Its name.
    pub name: String,
    /// The method that it is for; `None` for all.
    pub method: Option<String>,
    /// The path that it is for.
    pub path: String,
    /// Its status.
    pub status: u16,
    /// Requests that it has answered. 0 at the end of a test means that the test did not meet it.
    pub given: u64,
    /// How many it answers at most; `None` for all.
    pub times: Option<u64>,
    /// Whether it answers no more.
    pub used_up: bool,
}

impl AnswerReport {
    pub(super) fn of(answer: &CustomAnswer, given: u64) -> AnswerReport {
        AnswerReport {
            name: answer.name.clone(),
            method: answer.pattern.method.clone(),
            path: answer.pattern.path.clone(),
            status: answer.status,
            given,
            times: answer.times,
            used_up: answer.is_used_up(given),
        }
    }
}

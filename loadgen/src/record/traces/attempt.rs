//! One request in a session's story.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::attempt::{Answer, Attempt, Sending};
use crate::record::distribution::ms;
use crate::record::failure;

/// One request on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct AttemptTrace {
    /// What it asked for: `token`, `metadata` or `resource_manager`.
    pub asked: String,
    /// Of Resource Manager, what: `tenants`, `subscriptions`, `subscription` (one by its id) or `resources`; null of IMDS.
    #[serde(default)]
    pub path: Option<String>,
    /// 0 for the first attempt of an operation.
    pub retry_index: u32,
    /// When it was sent.
    pub sent_ms: f64,
    /// When it was answered or given up; null: the run ended first.
    pub ended_ms: Option<f64>,
    /// From sending to answer.
    pub latency_ms: Option<f64>,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// The HTTP status; null: no answer.
    pub status: Option<u16>,
    /// The limiter that refused it, `rate`, `concurrency` or `penalty`; null: it was not refused, or
    /// the service did not say.
    pub refused_by: Option<String>,
    /// Why there was no answer, such as `timeout`; null: there was one.
    pub no_answer: Option<String>,
    /// The wait between its end and the next attempt of its step; null: there was no next one.
    pub wait_after_ms: Option<f64>,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AttemptOutcome {
    /// It got what it asked for.
    Granted,
    /// It was refused for a limit.
    Refused,
    /// It ended in any other way.
    Failed,
    /// It was on its way when the run ended.
    Unanswered,
}

impl AttemptTrace {
    /// An attempt as far as it has come.
    pub(in crate::record) fn of(sending: &Sending, answered: Option<&Attempt>) -> Self {
        let mut trace = Self::sent(sending);
        if let Some(attempt) = answered {
            trace.answered(attempt);
        }
        trace
    }

    pub(super) fn sent(sending: &Sending) -> Self {
        Self {
            asked: sending.kind.name().to_owned(),
            path: sending.path.map(str::to_owned),
            retry_index: sending.retry_index,
            sent_ms: ms(sending.at),
            ended_ms: None,
            latency_ms: None,
            outcome: AttemptOutcome::Unanswered,
            status: None,
            refused_by: None,
            no_answer: None,
            wait_after_ms: None,
        }
    }

    pub(super) fn answered(&mut self, attempt: &Attempt) {
        self.sent_ms = ms(attempt.sent);
        self.ended_ms = Some(ms(attempt.ended));
        self.latency_ms = Some(ms(attempt.latency()));
        self.status = attempt.answer.status();
        self.outcome = match attempt.answer {
            Answer::Granted => AttemptOutcome::Granted,
            Answer::Refused(limiter) => {
                self.refused_by = limiter.map(|limiter| limiter.name().to_owned());
                AttemptOutcome::Refused
            }
            Answer::Status(_) => AttemptOutcome::Failed,
            Answer::None(why) => {
                self.no_answer = Some(failure::transport(why).to_owned());
                AttemptOutcome::Failed
            }
        };
    }
}

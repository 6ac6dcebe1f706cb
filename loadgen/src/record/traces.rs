//! What single sessions did: a bounded number of stories, each of a bounded length.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempt::{Answer, Attempt, Sending};
use super::distribution::ms;
use crate::course::Finished;
use crate::failure;

/// The most attempts, and the most steps, that are kept of one session; the first ones are.
pub const MOST_KEPT: usize = 100;

/// The stories that are kept, by the number of the session. Sessions that were not chosen before the
/// run leave none.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    kept: BTreeMap<u32, SessionTrace>,
}

/// What one session did. Times are since the run's start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionTrace {
    /// The session's number, from 0, counted through the groups in the scenario's order.
    pub session: u32,
    /// The name of its group.
    pub group: String,
    /// When it was to start.
    pub intended_start_ms: f64,
    /// When it started; null: it did not.
    pub started_ms: Option<f64>,
    /// When it ended; null: the run ended before it did.
    pub ended_ms: Option<f64>,
    /// How it ended.
    pub outcome: SessionOutcome,
    /// The kind of failure; null: it did not fail.
    pub failure: Option<String>,
    /// All attempts that it sent, whether or not they are listed.
    pub attempts: u32,
    /// The time that it waited between the attempts of its operations, all together.
    pub waiting_ms: f64,
    /// What it did, step by step; at most 100 steps with 100 attempts in all.
    pub steps: Vec<StepTrace>,
    /// Steps beyond those listed.
    pub steps_left_out: u32,
    /// Attempts beyond those listed.
    pub attempts_left_out: u32,
    #[serde(skip)]
    waited: Duration,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionOutcome {
    /// Every step succeeded.
    Succeeded,
    /// A step failed.
    Failed,
    /// The run ended first.
    Unfinished,
}

/// One step of a session's script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StepTrace {
    /// What kind of step it is, as scenarios call it: `connect`, `think`; or `startup`.
    pub step: String,
    /// What it was about, in words.
    pub about: String,
    /// When it began.
    pub began_ms: f64,
    /// When it ended; null: the run ended before it did.
    pub ended_ms: Option<f64>,
    /// Whether it succeeded; null: the run ended first.
    pub succeeded: Option<bool>,
    /// The kind of its failure; null: it did not fail.
    pub failure: Option<String>,
    /// How often it was tried.
    pub tries: u32,
    /// The requests that it sent.
    pub attempts: Vec<AttemptTrace>,
}

/// One request on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AttemptTrace {
    /// What it asked for: `token`, `metadata` or `resource_manager`.
    pub asked: String,
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
pub enum AttemptOutcome {
    /// It got what it asked for.
    Granted,
    /// It was refused for a limit.
    Refused,
    /// It ended in any other way.
    Failed,
    /// It was on its way when the run ended.
    Unanswered,
}

impl Traces {
    /// Room for the stories of these sessions.
    pub fn of(sessions: impl IntoIterator<Item = SessionTrace>) -> Self {
        let sessions = sessions.into_iter();
        Self {
            kept: sessions.map(|trace| (trace.session, trace)).collect(),
        }
    }

    /// The stories, in the order of the sessions' numbers.
    #[must_use]
    pub fn kept(&self) -> Vec<SessionTrace> {
        self.kept.values().cloned().collect()
    }

    /// The story of this session, if it is kept.
    pub(super) fn of_session(&mut self, session: u32) -> Option<&mut SessionTrace> {
        self.kept.get_mut(&session)
    }
}

impl SessionTrace {
    /// A session that is to start at `intended`.
    #[must_use]
    pub fn new(session: u32, group: &str, intended: Duration) -> Self {
        Self {
            session,
            group: group.to_owned(),
            intended_start_ms: ms(intended),
            started_ms: None,
            ended_ms: None,
            outcome: SessionOutcome::Unfinished,
            failure: None,
            attempts: 0,
            waiting_ms: 0.0,
            steps: vec![],
            steps_left_out: 0,
            attempts_left_out: 0,
            waited: Duration::ZERO,
        }
    }

    pub(super) fn started(&mut self, at: Duration) {
        self.started_ms = Some(ms(at));
    }

    /// A step begins.
    pub(super) fn step(&mut self, step: &str, about: String, at: Duration) {
        if self.steps.len() == MOST_KEPT {
            self.steps_left_out += 1;
            return;
        }
        self.steps.push(StepTrace {
            step: step.to_owned(),
            about,
            began_ms: ms(at),
            ended_ms: None,
            succeeded: None,
            failure: None,
            tries: 1,
            attempts: vec![],
        });
    }

    pub(super) fn sent(&mut self, sending: &Sending) {
        self.attempts += 1;
        self.waited += sending.waited;
        self.waiting_ms = ms(self.waited);
        let full = self.listed() == MOST_KEPT;
        let step = self.steps.last_mut();
        let Some(step) = step.filter(|_| self.steps_left_out == 0) else {
            self.attempts_left_out += 1;
            return;
        };
        if let Some(last) = step.attempts.last_mut() {
            last.wait_after_ms.get_or_insert(ms(sending.waited));
        }
        if full {
            self.attempts_left_out += 1;
        } else {
            step.attempts.push(AttemptTrace::sent(sending));
        }
    }

    pub(super) fn answered(&mut self, attempt: &Attempt) {
        let last = self.steps.last_mut().and_then(|s| s.attempts.last_mut());
        if self.attempts_left_out == 0
            && let Some(last) = last
        {
            last.answered(attempt);
        }
    }

    /// The step under way is going to be tried again.
    pub(super) fn waits(&mut self, wait: Duration) {
        self.waited += wait;
        self.waiting_ms = ms(self.waited);
        let last = self.steps.last_mut().and_then(|s| s.attempts.last_mut());
        if self.steps_left_out == 0
            && self.attempts_left_out == 0
            && let Some(last) = last
        {
            last.wait_after_ms = Some(ms(wait));
        }
    }

    pub(super) fn session_ended(&mut self, failure: Option<&String>, at: Duration) {
        self.ended_ms = Some(ms(at));
        self.failure = failure.cloned();
        self.outcome = match failure {
            None => SessionOutcome::Succeeded,
            Some(_) => SessionOutcome::Failed,
        };
    }

    /// The step that is under way ends, if it is listed.
    pub(super) fn end_step(&mut self, finished: &Finished, at: Duration) {
        let step = self.steps.last_mut();
        if let Some(step) = step.filter(|step| step.ended_ms.is_none()) {
            step.ended_ms = Some(ms(at));
            step.succeeded = Some(finished.failure.is_none());
            step.failure.clone_from(&finished.failure);
            step.tries = finished.tries;
        }
    }

    fn listed(&self) -> usize {
        self.steps.iter().map(|step| step.attempts.len()).sum()
    }
}

impl AttemptTrace {
    fn sent(sending: &Sending) -> Self {
        Self {
            asked: sending.asked.name().to_owned(),
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

    fn answered(&mut self, attempt: &Attempt) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::attempt::Asked;
    use crate::script::StepKind;

    fn attempt(trace: &mut SessionTrace, retry_index: u32, at: Duration) {
        let waited = Duration::from_millis(7);
        trace.sent(&Sending {
            asked: Asked::Token,
            retry_index,
            at,
            waited,
        });
        trace.answered(&Attempt {
            asked: Asked::Token,
            retry_index,
            sent: at,
            ended: at,
            answer: Answer::Refused(None),
        });
    }

    fn connected() -> Finished {
        Finished {
            kind: StepKind::Connect,
            began: Duration::ZERO,
            tries: 1,
            failure: None,
        }
    }

    #[test]
    fn a_story_is_cut_but_its_counts_are_not() {
        let mut trace = SessionTrace::new(0, "all", Duration::ZERO);
        trace.step("connect", String::new(), Duration::ZERO);
        for (retry, index) in (0..150).zip(0_u64..) {
            attempt(&mut trace, retry, Duration::from_secs(index));
        }
        let kind = "imds_429".to_owned();
        trace.session_ended(Some(&kind), Duration::from_secs(200));
        assert_eq!(trace.steps[0].attempts.len(), MOST_KEPT);
        assert_eq!((trace.attempts, trace.attempts_left_out), (150, 50));
        assert_eq!(trace.steps[0].attempts[99].ended_ms, Some(99_000.0));
        assert!((trace.waiting_ms - 1050.0).abs() < 1e-9);
    }

    #[test]
    fn attempts_of_steps_left_out_are_left_out_too() {
        let mut trace = SessionTrace::new(0, "all", Duration::ZERO);
        for index in 0..101 {
            let at = Duration::from_secs(index);
            trace.step("connect", String::new(), at);
            if index >= 99 {
                attempt(&mut trace, 0, at);
            }
            trace.end_step(&connected(), at + Duration::from_secs(1));
        }
        trace.session_ended(None, Duration::from_mins(5));
        assert_eq!((trace.steps.len(), trace.steps_left_out), (100, 1));
        assert_eq!((trace.attempts, trace.attempts_left_out), (2, 1));
        assert_eq!(trace.steps[99].ended_ms, Some(100_000.0));
    }
}

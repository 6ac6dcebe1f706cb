//! What single sessions did: a bounded number of stories, each of a bounded length.

pub(super) mod attempt;
mod work;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::attempt::{AttemptOutcome, AttemptTrace};
pub(crate) use self::work::WorkTrace;
use super::attempt::{Attempt, Sending};
use super::cause::{Cause, FileWait, WorksAs};
use super::distribution::ms;
use super::processor::Worked;
use crate::session::fact::Fact;
use crate::session::outcome::Finished;

/// The most attempts, and the most steps, that are kept of one session; the first ones are.
pub(crate) const MOST_KEPT: usize = 100;

/// The stories that are kept, by the number of the session. Sessions that were not chosen before the
/// run leave none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traces {
    kept: BTreeMap<u32, SessionTrace>,
}

/// What one session did. Times are since the run's start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SessionTrace {
    /// The session's number, from 0, counted through the groups in the scenario's order.
    pub session: u32,
    /// The name of its group.
    pub group: String,
    /// When it was to start.
    pub intended_start_ms: f64,
    /// When it started; null: it did not.
    pub started_ms: Option<f64>,
    /// How long it waited at a gate for its turn, from its start on; left out: there is none, or it had no turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_gate_ms: Option<f64>,
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
    /// What it read in the profile at its start; null: it has no Azure context, or did not come to it.
    #[serde(default)]
    pub import: Option<ImportTrace>,
    /// The work of its import; left out: there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_work: Option<WorkTrace>,
    /// When its import of the module failed, so that there were no cmdlets; null: it did not fail.
    #[serde(default)]
    pub import_failed_ms: Option<f64>,
    /// What it did, step by step; at most 100 steps with 100 attempts in all.
    pub steps: Vec<StepTrace>,
    /// Steps beyond those listed.
    pub steps_left_out: u32,
    /// Attempts beyond those listed.
    pub attempts_left_out: u32,
    /// The attempts that are listed, in all steps.
    #[serde(skip)]
    listed: usize,
    #[serde(skip)]
    waited: Duration,
    #[serde(skip)]
    after_another: bool,
    /// Whether the step under way is going to be tried again.
    #[serde(skip)]
    trying_again: bool,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionOutcome {
    /// Every step succeeded.
    Succeeded,
    /// A step failed.
    Failed,
    /// The run ended first.
    Unfinished,
}

/// One step of a session's script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepTrace {
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
    /// Its waits for the file in the profile; at most 100.
    #[serde(default)]
    pub file_waits: Vec<FileWait>,
    /// What it kept the processor busy with, try by try; at most 100; left out: it did not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<WorkTrace>,
    /// How its failure came about; null: it did not fail.
    #[serde(default)]
    pub cause: Option<Box<Cause>>,
}

/// How a session read the file in the profile, once, before its first step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ImportTrace {
    /// Its wait for the file.
    pub file: FileWait,
    /// Whether it could not be had, so that the session goes on without a context, in memory only.
    pub degraded: bool,
    /// Whether what it held could not be read.
    pub damaged: bool,
    /// The account that is signed in from then on; null: none.
    pub found: Option<WorksAs>,
}

impl Traces {
    /// Room for the stories of these sessions.
    pub(crate) fn of(sessions: impl IntoIterator<Item = SessionTrace>) -> Self {
        let sessions = sessions.into_iter();
        Self {
            kept: sessions.map(|trace| (trace.session, trace)).collect(),
        }
    }

    /// The stories, in the order of the sessions' numbers.
    #[must_use]
    pub(crate) fn into_kept(self) -> Vec<SessionTrace> {
        let never = |trace: &SessionTrace| trace.after_another && trace.started_ms.is_none();
        let stories = self.kept.into_values();
        stories.filter(|trace| !never(trace)).collect()
    }

    /// Adds those of a VM whose sessions have numbers from `first` on.
    pub(super) fn absorb(&mut self, vm: Self, first: u32) {
        for mut trace in vm.kept.into_values() {
            trace.session += first;
            self.kept.insert(trace.session, trace);
        }
    }

    /// The story of this session, if it is kept.
    pub(super) fn of_session(&mut self, session: u32) -> Option<&mut SessionTrace> {
        self.kept.get_mut(&session)
    }
}

impl SessionTrace {
    /// A session that is to start at `intended`.
    #[must_use]
    pub(crate) fn new(session: u32, group: &str, intended: Duration) -> Self {
        Self {
            session,
            group: group.to_owned(),
            intended_start_ms: ms(intended),
            started_ms: None,
            at_gate_ms: None,
            ended_ms: None,
            outcome: SessionOutcome::Unfinished,
            failure: None,
            attempts: 0,
            waiting_ms: 0.0,
            import: None,
            import_work: None,
            import_failed_ms: None,
            steps: vec![],
            steps_left_out: 0,
            attempts_left_out: 0,
            listed: 0,
            waited: Duration::ZERO,
            after_another: false,
            trying_again: false,
        }
    }

    /// One that another session of its user comes before: it has no story if it never starts.
    #[must_use]
    pub(crate) fn after_another(self) -> Self {
        let after_another = true;
        Self {
            after_another,
            ..self
        }
    }

    pub(super) fn started(&mut self, intended: Duration, actual: Duration) {
        self.intended_start_ms = ms(intended);
        self.started_ms = Some(ms(actual));
    }

    /// It comes through a gate.
    pub(super) fn admitted(&mut self, waited: Duration) {
        self.at_gate_ms = Some(ms(waited));
    }

    /// A step begins.
    pub(super) fn step(&mut self, step: &str, about: impl Display, at: Duration) {
        if self.steps.len() == MOST_KEPT {
            self.steps_left_out += 1;
            return;
        }
        self.steps.push(StepTrace {
            step: step.to_owned(),
            about: about.to_string(),
            began_ms: ms(at),
            ended_ms: None,
            succeeded: None,
            failure: None,
            tries: 1,
            attempts: vec![],
            file_waits: vec![],
            work: vec![],
            cause: None,
        });
    }

    /// Something has happened to the session and the profile: in its step, or as it reads the profile
    /// before its first.
    pub(super) fn noted(&mut self, fact: &Fact, at: Duration) {
        self.goes_on();
        match (fact, &mut self.import) {
            (Fact::ImportFailed, _) => self.import_failed_ms = Some(ms(at)),
            (Fact::Waited { .. }, _) => self.waited_for_file(fact, at),
            (Fact::ImportDegraded, Some(import)) => import.degraded = true,
            (Fact::FileDamaged, Some(import)) if self.steps.is_empty() => import.damaged = true,
            (Fact::Imported(found), Some(import)) => import.found = found.as_ref().map(Into::into),
            _ => {}
        }
    }

    /// Some work is done: of the step under way, or of the import before the first.
    pub(super) fn worked(&mut self, worked: &Worked) {
        self.goes_on();
        let work = WorkTrace::of(worked);
        if self.steps.is_empty() {
            self.import_work = Some(work);
        }
        let under_way = self.steps.last_mut().filter(|step| step.ended_ms.is_none());
        let listed = under_way.filter(|_| self.steps_left_out == 0);
        if let Some(step) = listed.filter(|step| step.work.len() < MOST_KEPT) {
            step.work.push(work);
        }
    }

    fn waited_for_file(&mut self, fact: &Fact, at: Duration) {
        let Some(file) = FileWait::ended(fact, at) else {
            return;
        };
        let under_way = self.steps.last_mut().filter(|step| step.ended_ms.is_none());
        match under_way {
            Some(step) if self.steps_left_out == 0 && step.file_waits.len() < MOST_KEPT => {
                step.file_waits.push(file);
            }
            None if self.import.is_none() => self.import = Some(ImportTrace::of(file)),
            _ => {}
        }
    }

    pub(super) fn sent(&mut self, sending: &Sending) {
        self.goes_on();
        self.attempts += 1;
        self.waited += sending.waited;
        self.waiting_ms = ms(self.waited);
        let full = self.listed == MOST_KEPT;
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
            if step.attempts.is_empty() {
                // Most steps have one; a vector begins with four.
                step.attempts.reserve_exact(1);
            }
            step.attempts.push(AttemptTrace::sent(sending));
            self.listed += 1;
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
        self.trying_again = true;
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

    /// What happens after such a wait is of the next try.
    fn goes_on(&mut self) {
        let again = std::mem::take(&mut self.trying_again);
        let under_way = self.steps.last_mut().filter(|step| step.ended_ms.is_none());
        if let Some(step) = under_way.filter(|_| again) {
            step.tries += 1;
        }
    }

    pub(super) fn session_ended(&mut self, failure: Option<&str>, at: Duration) {
        self.ended_ms = Some(ms(at));
        self.failure = failure.map(str::to_owned);
        self.outcome = match failure {
            None => SessionOutcome::Succeeded,
            Some(_) => SessionOutcome::Failed,
        };
    }

    /// The step that is under way ends, if it is listed.
    pub(super) fn end_step(&mut self, finished: &Finished, cause: Option<Cause>, at: Duration) {
        self.trying_again = false;
        let step = self.steps.last_mut();
        if let Some(step) = step.filter(|step| step.ended_ms.is_none()) {
            step.ended_ms = Some(ms(at));
            step.succeeded = Some(finished.failure.is_none());
            step.failure = finished.failure.as_deref().map(str::to_owned);
            step.tries = finished.tries;
            step.cause = cause.map(Box::new);
        }
    }

    /// A process, the only step of its story, has ended, and the story with it.
    pub(super) fn end_command(&mut self, failure: Option<&str>, at: Duration) {
        if let Some(step) = self.steps.last_mut() {
            step.ended_ms = Some(ms(at));
            step.succeeded = Some(failure.is_none());
            step.failure = failure.map(str::to_owned);
        }
        self.session_ended(failure, at);
    }
}

impl ImportTrace {
    fn of(file: FileWait) -> Self {
        Self {
            file,
            degraded: false,
            damaged: false,
            found: None,
        }
    }
}

#[cfg(test)]
mod tests;

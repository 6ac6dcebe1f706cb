//! What each running session does now, as far as it may explain a failure: a few words for each session.

use std::time::Duration;

use imds_client::acquire::GaveUp;

use super::attempt::{Answer, Attempt, RequestKind, Sending};
use super::cause::{Cause, FileWait, WorksAs};
use super::distribution::ms;
use super::failures::{Occurrence, Place};
use super::traces::AttemptTrace;
use crate::record::failure;
use crate::scenario::script::StepKind;
use crate::session::fact::Fact;

/// The sessions that are alive.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay {
    /// By number: none has not started or has ended.
    sessions: Vec<Option<Box<Doing>>>,
}

/// What one session does now.
#[derive(Clone, Debug, Default)]
struct Doing {
    group: usize,
    /// Whether it waits at a gate, before its script begins.
    at_gate: bool,
    /// Steps begun so far.
    steps: u32,
    /// The kind of the latest; none before the first.
    kind: Option<StepKind>,
    began: Duration,
    /// How often it was tried again.
    retried: u32,
    /// Whether it waits before it is tried again.
    waits: bool,
    requests: u32,
    last: Option<Request>,
    gave_up: Option<GaveUp>,
    /// Boxed, as what follows: few sessions have an Azure context.
    file: Option<Box<FileWait>>,
    works: Option<Box<(WorksAs, WorksAs)>>,
}

/// What is told of the latest request.
#[derive(Clone, Copy, Debug)]
struct Request {
    kind: RequestKind,
    path: Option<&'static str>,
    retry_index: u32,
    sent: Duration,
    /// When it ended, and how; none: it is in flight.
    ended: Option<(Duration, Answer)>,
}

impl UnderWay {
    pub(super) fn started(&mut self, session: u32, group: usize, at: Duration) {
        let doing = Doing {
            group,
            began: at,
            ..Doing::default()
        };
        let place = session as usize;
        if place >= self.sessions.len() {
            self.sessions.resize_with(place + 1, || None);
        }
        self.sessions[place] = Some(Box::new(doing));
    }

    pub(super) fn waits_at_gate(&mut self, session: u32, waits: bool) {
        if let Some(doing) = self.get_mut(session) {
            doing.at_gate = waits;
        }
    }

    pub(super) fn began(&mut self, session: u32, kind: StepKind, at: Duration) {
        if let Some(doing) = self.get_mut(session) {
            *doing = Doing {
                group: doing.group,
                steps: doing.steps + 1,
                kind: Some(kind),
                began: at,
                ..Doing::default()
            };
        }
    }

    pub(super) fn sent(&mut self, session: u32, sending: &Sending) {
        if let Some(doing) = self.get_mut(session) {
            doing.goes_on();
            doing.requests += 1;
            doing.last = Some(Request::sent(sending));
            doing.gave_up = None;
        }
    }

    pub(super) fn answered(&mut self, session: u32, attempt: &Attempt) {
        let doing = self.get_mut(session);
        if let Some(request) = doing.and_then(|doing| doing.last.as_mut()) {
            request.sent = attempt.sent;
            request.ended = Some((attempt.ended, attempt.answer));
        }
    }

    pub(super) fn gave_up(&mut self, session: u32, reason: GaveUp) {
        if let Some(doing) = self.get_mut(session) {
            doing.gave_up = Some(reason);
        }
    }

    /// The step will be tried again.
    pub(super) fn waits(&mut self, session: u32) {
        if let Some(doing) = self.get_mut(session) {
            doing.waits = true;
        }
    }

    pub(super) fn noted(&mut self, session: u32, fact: &Fact, now: Duration) {
        let Some(doing) = self.get_mut(session) else {
            return;
        };
        doing.goes_on();
        match fact {
            Fact::Works(used, meant) => doing.works = Some(Box::new((used.into(), meant.into()))),
            _ => {
                if let Some(wait) = FileWait::ended(fact, now) {
                    doing.file = Some(Box::new(wait));
                }
            }
        }
    }

    pub(super) fn ended(&mut self, session: u32) {
        if let Some(doing) = self.sessions.get_mut(session as usize) {
            *doing = None;
        }
    }

    /// What has happened to a session now.
    pub(super) fn occurrence(&self, session: u32, now: Duration) -> Option<Occurrence> {
        let doing = self.sessions.get(session as usize)?.as_deref()?;
        Some(doing.occurrence(session, now))
    }

    /// What all running sessions do now.
    pub(super) fn all(&self, now: Duration) -> impl Iterator<Item = Occurrence> {
        let sessions = (0..).zip(&self.sessions);
        sessions.filter_map(move |(session, doing)| Some(doing.as_ref()?.occurrence(session, now)))
    }

    fn get_mut(&mut self, session: u32) -> Option<&mut Doing> {
        self.sessions.get_mut(session as usize)?.as_deref_mut()
    }
}

impl Doing {
    fn occurrence(&self, session: u32, now: Duration) -> Occurrence {
        Occurrence {
            session,
            group: self.group,
            place: self.place(),
            step: self.steps,
            at: now,
            tries: 1 + self.retried,
            cause: self.cause(now),
        }
    }

    fn place(&self) -> Place {
        match self.kind {
            Some(kind) => Place::Step(kind),
            None if self.at_gate => Place::Gate,
            None => Place::Import,
        }
    }

    /// What happens after a wait is of the next try.
    fn goes_on(&mut self) {
        self.retried += u32::from(self.waits);
        self.waits = false;
    }

    fn cause(&self, now: Duration) -> Cause {
        let (worked_as, meant) = self.works.as_deref().cloned().unzip();
        Cause {
            requests: self.requests,
            lasted_ms: ms(now.saturating_sub(self.began)),
            last: self.last.as_ref().map(Request::trace),
            gave_up: self
                .gave_up
                .map(|reason| failure::gave_up(reason).to_owned()),
            file: self.file.as_deref().copied(),
            worked_as,
            meant,
        }
    }
}

impl Request {
    fn sent(sending: &Sending) -> Self {
        Self {
            kind: sending.kind,
            path: sending.path,
            retry_index: sending.retry_index,
            sent: sending.at,
            ended: None,
        }
    }

    fn trace(&self) -> AttemptTrace {
        let sending = Sending {
            kind: self.kind,
            path: self.path,
            retry_index: self.retry_index,
            at: self.sent,
            waited: Duration::ZERO,
        };
        let answered = self.ended.map(|(ended, answer)| Attempt {
            kind: self.kind,
            retry_index: self.retry_index,
            sent: self.sent,
            ended,
            answer,
        });
        AttemptTrace::of(&sending, answered.as_ref())
    }
}

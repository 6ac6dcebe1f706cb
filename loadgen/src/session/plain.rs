//! The script of a session without an Azure context, step after step.
//!
//! It makes the decisions of [`Execution`], as a state machine: such a session only waits, works and asks IMDS, so its
//! place in the script is a few numbers. A driver in virtual time plays it without memory of its own, locks and
//! pinned futures, which take most of the time of a run. A property test holds both to the same course.
//!
//! [`Execution`]: super::execution::Execution

use std::borrow::{Borrow, Cow};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use imds_client::InstanceRequest;
use imds_client::wire::TokenRequest;

use super::chances::Chances;
use super::cursor::Cursor;
use super::execution::NO_TOKEN;
use super::outcome::{Ending, Finished, Kind};
use super::question::WaitFor;
use crate::scenario::definition::{Group, OnError};
use crate::scenario::processor::Work;
use crate::scenario::script::{Pause, Retry, Step, StepKind, Task};

/// A script under way.
#[derive(Debug)]
pub(crate) struct PlainScript<'s, K> {
    group: &'s Group,
    chances: Chances<K>,
    cursor: Cursor,
    place: Place,
    /// The step under way; the start of the interpreter before the first.
    step: Cow<'s, Step>,
    retry: &'s Retry,
    began: Duration,
    tries: u32,
    /// When it had its latest token.
    token_at: Option<Duration>,
    /// The failure of its latest try.
    failed: Option<Kind>,
    /// A refresh that begins when its pause is over.
    due: Option<(&'s Step, &'s Retry)>,
    held_token: Option<HeldToken<'s>>,
    /// Whether a connect was begun.
    connected: bool,
    /// Whether a token was asked for.
    asked: bool,
    /// The first failure of a step.
    failure: Option<Kind>,
}

/// What a session demands of its driver. But for a request, it goes on with [`PlainScript::next`].
#[derive(Debug)]
pub(crate) enum Demand<'s> {
    /// Note that its step begins.
    Begin,
    /// Note that its step has ended.
    Finish(Finished),
    /// Get this token; the answer goes to [`PlainScript::has_token`] or [`PlainScript::fails`].
    Token(&'s Arc<TokenRequest>),
    /// Get this; a failure goes to [`PlainScript::fails`].
    Metadata(&'s Arc<InstanceRequest>),
    Wait(Duration, WaitFor),
    /// Keep one core busy for so long.
    Work(Work, Duration),
    End(Ending),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The start of the interpreter.
    Start,
    /// The next step.
    Between,
    /// A try of the step: its work, and then the step itself.
    Try,
    Act,
    /// The request of a step for a token, whose work is done.
    Request,
    /// What follows from the try.
    Tried,
    /// What follows from the step.
    Ended,
}

/// The latest token.
#[derive(Clone, Copy, Debug)]
struct HeldToken<'s> {
    request: &'s Arc<TokenRequest>,
    /// When half of its life is over.
    half_life: Duration,
}

/// Whether sessions of this group are plain.
#[must_use]
pub(crate) fn is_plain(group: &Group) -> bool {
    group.azure_context.is_none() && !Task::need_context(&group.script)
}

impl<'s, K: Borrow<[u8; 32]>> PlainScript<'s, K> {
    /// The script of a session of this group that has not started. Its interpreter takes `startup` to start.
    #[inline]
    #[must_use]
    pub(crate) fn new(group: &'s Group, startup: Duration, chances: Chances<K>) -> Self {
        Self {
            group,
            chances,
            cursor: Cursor::default(),
            place: Place::Start,
            step: Cow::Owned(Step::Startup(startup)),
            retry: &Retry::NONE,
            began: Duration::ZERO,
            tries: 0,
            token_at: None,
            failed: None,
            due: None,
            held_token: None,
            connected: false,
            asked: false,
            failure: None,
        }
    }

    /// The step under way.
    #[must_use]
    pub(crate) fn step(&self) -> &Step {
        &self.step
    }

    /// How the session would have ended if it ended now.
    #[must_use]
    pub(crate) fn so_far(&self) -> Ending {
        Ending {
            failure: self.failure.clone(),
            wrong_context: false,
        }
    }

    /// The token that it has demanded has come, with so much of its life left.
    pub(crate) fn has_token(&mut self, now: Duration, life: Duration) {
        let request = match &self.step {
            Cow::Borrowed(Step::Connect(request)) => Some(request),
            _ => self.held_token.map(|held| held.request),
        };
        self.token_at = Some(now);
        let half_life = now.saturating_add(life / 2);
        self.held_token = request.map(|request| HeldToken { request, half_life });
    }

    /// The request that it has demanded has failed.
    pub(crate) fn fails(&mut self, kind: Kind) {
        self.failed = Some(kind);
    }

    /// What it demands next.
    pub(crate) fn next(&mut self, now: Duration) -> Demand<'s> {
        match self.place {
            Place::Start => self.start(now),
            Place::Between => self.go_to_next_step(now),
            Place::Try => self.try_step(),
            Place::Act => self.act(),
            Place::Request => self.request(),
            Place::Tried => self.after_try(),
            Place::Ended => self.after_step(now),
        }
    }

    fn start(&mut self, now: Duration) -> Demand<'s> {
        match &*self.step {
            Step::Startup(length) if length.is_zero() => self.import(now),
            _ => self.begin(now),
        }
    }

    fn import(&mut self, now: Duration) -> Demand<'s> {
        self.place = Place::Between;
        self.cost(Work::Import)
            .unwrap_or_else(|| self.go_to_next_step(now))
    }

    fn go_to_next_step(&mut self, now: Duration) -> Demand<'s> {
        let Some((step, retry)) = self.next_task() else {
            return Demand::End(self.so_far());
        };
        let half_life = self.held_token.map_or(now, |held| held.half_life);
        let left = half_life.saturating_sub(now);
        if *step == Step::Refresh && !left.is_zero() {
            self.due = Some((step, retry));
            let (min, max) = (left, left);
            self.step = Cow::Owned(Step::Think(Pause { min, max }));
            self.retry = &Retry::NONE;
        } else {
            (self.step, self.retry) = (Cow::Borrowed(step), retry);
        }
        self.begin(now)
    }

    fn next_task(&mut self) -> Option<(&'s Step, &'s Retry)> {
        let group: &'s Group = self.group;
        let script = &group.script;
        let next = self.cursor.advance(script);
        if next.is_some() || !self.group.background {
            return next;
        }
        self.cursor.restart();
        self.cursor.advance(script)
    }

    fn begin(&mut self, now: Duration) -> Demand<'s> {
        (self.began, self.tries, self.token_at) = (now, 1, None);
        self.place = Place::Try;
        Demand::Begin
    }

    /// What this work demands, if it costs anything.
    fn cost(&mut self, work: Work) -> Option<Demand<'s>> {
        let length = self.group.costs.of(work)?.draw(self.chances.work());
        (!length.is_zero()).then_some(Demand::Work(work, length))
    }

    fn try_step(&mut self) -> Demand<'s> {
        self.place = Place::Act;
        let work = self.work();
        self.cost(work).unwrap_or_else(|| self.act())
    }

    fn work(&mut self) -> Work {
        match self.step.kind() {
            StepKind::Connect if !self.connected => {
                self.connected = true;
                Work::FirstConnect
            }
            kind => Work::Step(kind),
        }
    }

    fn act(&mut self) -> Demand<'s> {
        self.place = Place::Tried;
        match &self.step {
            Cow::Borrowed(Step::Connect(_)) => self.prepare_request(),
            Cow::Borrowed(Step::Metadata(request)) => Demand::Metadata(request),
            step => match &**step {
                Step::Startup(length) => Demand::Wait(*length, WaitFor::Script),
                Step::Think(pause) => {
                    let length = pause.draw(self.chances.pauses());
                    Demand::Wait(length, WaitFor::Script)
                }
                Step::Refresh if self.held_token.is_some() => self.prepare_request(),
                _ => self.without_token(),
            },
        }
    }

    fn prepare_request(&mut self) -> Demand<'s> {
        let further = mem::replace(&mut self.asked, true);
        if further && let Some(work) = self.cost(Work::FurtherToken) {
            self.place = Place::Request;
            return work;
        }
        self.request()
    }

    fn request(&mut self) -> Demand<'s> {
        self.place = Place::Tried;
        let request = match &self.step {
            Cow::Borrowed(Step::Connect(request)) => Some(request),
            _ => self.held_token.map(|held| held.request),
        };
        request.map_or_else(|| self.without_token(), Demand::Token)
    }

    /// What follows if there is no token that could be refreshed.
    fn without_token(&mut self) -> Demand<'s> {
        self.failed = Some(NO_TOKEN.into());
        self.after_try()
    }

    fn after_try(&mut self) -> Demand<'s> {
        if self.failed.is_some()
            && self.retry.allows(self.tries)
            && let Some(wait) = self.retry.wait(self.tries, self.chances.retries())
        {
            self.failed = None;
            self.tries += 1;
            self.place = Place::Try;
            return Demand::Wait(wait, WaitFor::Retry);
        }
        self.place = Place::Ended;
        let failure = self.failed.clone();
        if self.failure.is_none() {
            self.failure.clone_from(&failure);
        }
        Demand::Finish(Finished {
            kind: self.step.kind(),
            began: self.began,
            tries: self.tries,
            token_at: self.token_at,
            failure,
        })
    }

    fn after_step(&mut self, now: Duration) -> Demand<'s> {
        let failed = self.failed.take().is_some();
        if failed && self.group.on_error == OnError::Stop {
            return Demand::End(self.so_far());
        }
        if let Some((step, retry)) = self.due.take() {
            (self.step, self.retry) = (Cow::Borrowed(step), retry);
            return self.begin(now);
        }
        match *self.step {
            Step::Startup(_) => self.import(now),
            _ => self.go_to_next_step(now),
        }
    }
}

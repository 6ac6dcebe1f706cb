//! The driver of one session in real time, with the real client.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits as the script says"
)]

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use imds_client::client::Attempt as ClientAttempt;
use imds_client::{CommandPermit, ImdsRequest, Observer, OperationError, Token, TokenRequest};

use super::answer;
use super::client::SessionClient;
use super::context::LiveContext;
use super::failure::LiveError;
use super::gates::LiveGate;
use super::manager;
use super::processor::LiveProcessor;
use super::shared::Shared;
use super::watch::Watch;
use crate::engine::schedule::Start;
use crate::engine::streams::Streams;
use crate::record::{Attempt, RequestKind, Sending, SessionId, Worked, failure};
use crate::scenario::definition::Group;
use crate::scenario::processor::Work;
use crate::session::course::Course;
use crate::session::outcome::{Acquired, Ending};
use crate::session::process::ProcessState;
use crate::session::question::{ManagerQuery, Question, WaitFor};
use crate::session::tokens::Bearer;

/// One session that has not started.
pub(super) struct LiveSession {
    start: Start,
    background: bool,
    course: Course,
    driver: Driver,
}

/// What answers the questions of one session: a client and a connection of its own.
struct Driver {
    id: SessionId,
    client: SessionClient,
    /// Its intended start and its pauses. What of an attempt's time was service time is not known
    /// here, so it is left out: a bound may be too low, never too high.
    path: Duration,
    record: Shared,
    context: Option<LiveContext>,
    /// Whether its next attempt is its first, which makes a connection.
    first: bool,
    processor: Option<Arc<LiveProcessor>>,
    gate: Option<LiveGate>,
}

impl LiveSession {
    pub(super) fn new(
        start: Start,
        group: &Group,
        client: SessionClient,
        process_state: ProcessState,
        streams: &Streams,
        record: Shared,
    ) -> Self {
        let chances = streams.of_session(start.session).detached();
        Self {
            start,
            background: group.background,
            course: Course::new(group, start.startup, process_state, chances),
            driver: Driver {
                id: start.id(),
                client,
                path: start.earliest,
                record,
                context: None,
                first: true,
                processor: None,
                gate: None,
            },
        }
    }

    pub(super) fn with_context(mut self, context: LiveContext) -> Self {
        self.driver.context = Some(context);
        self
    }

    pub(super) fn with_processor(mut self, processor: Option<Arc<LiveProcessor>>) -> Self {
        self.driver.processor = processor;
        self
    }

    pub(super) fn with_gate(mut self, gate: Option<LiveGate>) -> Self {
        self.driver.gate = gate;
        self
    }

    /// Whether the run does not wait for it.
    pub(super) fn is_background(&self) -> bool {
        self.background
    }

    pub(super) fn id(&self) -> SessionId {
        self.driver.id
    }

    /// Waits for its start and for its turn at a gate, and runs its script, until the script ends or `leave`
    /// completes.
    ///
    /// # Errors
    /// If the queue of its gate cannot be used.
    pub(super) async fn run(
        self,
        watch: Watch,
        leave: impl Future<Output = ()>,
    ) -> Result<(), LiveError> {
        let Self {
            start, mut driver, ..
        } = self;
        let Course { progress, script } = self.course;
        let (id, at, record) = (driver.id, start.at, driver.record.clone());
        tokio::pin!(leave);
        tokio::select! {
            () = watch.until(at) => {}
            () = &mut leave => return Ok(()),
        }
        record.lock().started(id, at, watch.now());
        let (place, waited) = driver.pass_gate(watch).await?;
        let ending = tokio::select! {
            ending = driver.perform(script.resume(at + waited, ()), watch) => ending,
            () = &mut leave => progress.so_far(),
        };
        record.lock().session_ended(id, &ending, watch.now());
        drop(place);
        Ok(())
    }
}

impl Driver {
    /// Waits for the session's turn, if it has a gate; what it holds while it runs, and how long it has waited.
    async fn pass_gate(
        &mut self,
        watch: Watch,
    ) -> Result<(Option<CommandPermit>, Duration), LiveError> {
        let Some(gate) = self.gate.take() else {
            return Ok((None, Duration::ZERO));
        };
        let came = watch.now();
        self.record.lock().came_to_gate(self.id);
        let place = gate.pass().await?;
        let now = watch.now();
        let waited = now.saturating_sub(came);
        self.record.lock().admitted(self.id, now, waited);
        Ok((place, waited))
    }

    /// Answers the session until it has ended.
    async fn perform(mut self, mut question: Question, watch: Watch) -> Ending {
        loop {
            let now = watch.now();
            question = match question {
                Question::Begin(step, session) => {
                    self.record.lock().began(self.id, &step, now);
                    session.resume(watch.now(), ())
                }
                Question::Finish(step, session) => {
                    self.record.lock().finished(self.id, &step, now);
                    session.resume(watch.now(), ())
                }
                Question::Note(fact, session) => {
                    self.record.lock().noted(self.id, &fact, now);
                    session.resume(watch.now(), ())
                }
                Question::Token(request, session) => {
                    let token = self.token(&request, watch).await;
                    session.resume(watch.now(), token)
                }
                Question::Metadata(request, session) => {
                    let done = self.ask(RequestKind::Metadata, &*request, watch).await;
                    session.resume(watch.now(), done.map(drop))
                }
                Question::Manage(bearer, query) => self.manage(&bearer, query, watch).await,
                Question::Enter(domain, session) => {
                    self.context().enter(domain).await;
                    session.resume(watch.now(), ())
                }
                Question::Leave(_, session) => {
                    self.context().leave();
                    session.resume(watch.now(), ())
                }
                Question::Open(access, session) => {
                    let text = self.context().open(access);
                    session.resume(watch.now(), text)
                }
                Question::Close(write, session) => {
                    self.context().close(write.as_ref());
                    session.resume(watch.now(), ())
                }
                Question::OpenSettings(session) => {
                    session.resume(watch.now(), self.context().open_settings())
                }
                Question::CloseSettings(session) => {
                    self.context().close_settings();
                    session.resume(watch.now(), ())
                }
                Question::Wait(length, reason, session) => {
                    self.wait(length, reason).await;
                    session.resume(watch.now(), ())
                }
                Question::Work(work, length, session) => {
                    session.resume(self.work(work, length, watch).await, ())
                }
                Question::End(ending) => return ending,
            };
        }
    }

    /// Keeps one core of the scenario's busy, without using any of this machine's; returns when it is done.
    async fn work(&mut self, work: Work, length: Duration, watch: Watch) -> Duration {
        self.path = self.path.saturating_add(length);
        let processor = self.processor.as_ref();
        let processor = processor.expect("steps cost nothing in a scenario without cores");
        let began = processor.work(length, watch).await;
        let worked = Worked {
            work,
            length,
            began,
            ended: watch.now(),
        };
        self.record.lock().worked(self.id, &worked);
        worked.ended
    }

    async fn wait(&mut self, length: Duration, reason: WaitFor) {
        match reason {
            WaitFor::Script => self.path = self.path.saturating_add(length),
            WaitFor::Lock => {}
            WaitFor::Retry => self.record.lock().waits(self.id, length),
        }
        tokio::time::sleep(length).await;
    }

    /// Sends a query to Resource Manager; returns the next question of the session.
    async fn manage(&mut self, bearer: &Bearer, query: ManagerQuery, watch: Watch) -> Question {
        let sent = watch.now();
        let sending = Sending {
            kind: RequestKind::ResourceManager,
            path: Some(query.name()),
            retry_index: 0,
            at: sent,
            waited: Duration::ZERO,
        };
        self.record.lock().sent(self.id, &sending);
        let target = self.context().target(&query);
        let (answer, body) = Box::pin(self.context().ask(bearer, &target)).await;
        let attempt = Attempt {
            kind: RequestKind::ResourceManager,
            retry_index: 0,
            sent,
            ended: watch.now(),
            answer,
        };
        self.record.lock().answered(self.id, &attempt);
        manager::answered(query, watch.now(), body)
    }

    fn context(&mut self) -> &mut LiveContext {
        let context = self.context.as_mut();
        context.expect("only sessions with a context have its steps")
    }

    async fn token(&mut self, request: &TokenRequest, watch: Watch) -> Result<Acquired, String> {
        let mut observer = SessionObserver::new(self, RequestKind::Token, watch);
        let got = self.client.token(request, &mut observer).await;
        let token = got.map_err(|error| self.gave_up(&error))?;
        let mut record = self.record.lock();
        record.got_token(self.id, watch.now(), self.path);
        Ok(Acquired {
            life: life(&token),
            bearer: Bearer::Secret(token.access_token.as_str().into()),
        })
    }

    async fn ask<A: ImdsRequest>(
        &mut self,
        kind: RequestKind,
        ask: &A,
        watch: Watch,
    ) -> Result<A::Reply, String> {
        let mut observer = SessionObserver::new(self, kind, watch);
        let client = &self.client.itself;
        let reply = Box::pin(client.ask_observed(ask, &mut observer)).await;
        reply.map_err(|error| self.gave_up(&error))
    }

    /// Notes why an operation has failed; the kind of its failure.
    fn gave_up(&self, error: &OperationError) -> String {
        self.record.lock().gave_up(self.id, error.gave_up);
        failure::kind(&error.outcome).into_owned()
    }
}

/// The life that it has left; none if it does not say.
fn life(token: &Token) -> Duration {
    Duration::from_secs(token.expires_in.unwrap_or_default())
}

/// Reports the attempts of one operation.
struct SessionObserver {
    id: SessionId,
    kind: RequestKind,
    /// When the last attempt was sent: after the wait for a token of another session, or for a turn.
    sent: Duration,
    /// When the last attempt ended.
    ended: Option<Duration>,
    /// Whether the next attempt is the session's first.
    first: bool,
    watch: Watch,
    record: Shared,
}

impl SessionObserver {
    fn new(session: &mut Driver, kind: RequestKind, watch: Watch) -> Self {
        Self {
            id: session.id,
            kind,
            sent: watch.now(),
            ended: None,
            first: mem::take(&mut session.first),
            watch,
            record: session.record.clone(),
        }
    }
}

impl Observer for SessionObserver {
    fn sending(&mut self, attempt: u32) {
        let at = self.watch.now();
        self.sent = at;
        let sending = Sending {
            kind: self.kind,
            path: None,
            retry_index: attempt,
            at,
            waited: at.saturating_sub(self.ended.unwrap_or(at)),
        };
        self.record.lock().sent(self.id, &sending);
    }

    fn answered(&mut self, attempt: &ClientAttempt<'_>) {
        let attempt = Attempt {
            kind: self.kind,
            retry_index: attempt.index,
            sent: self.sent,
            ended: self.sent + attempt.ended.saturating_sub(attempt.started),
            answer: answer::of(attempt.outcome, attempt.answer),
        };
        self.ended = Some(attempt.ended);
        let mut record = self.record.lock();
        if mem::take(&mut self.first) {
            record.connections.answered(&attempt);
        }
        record.answered(self.id, &attempt);
    }
}

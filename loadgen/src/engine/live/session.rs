//! One session in real time: the real client asks what its course wants.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits as the script says"
)]

use std::sync::Arc;
use std::time::Duration;

use imds_client::client::Attempt as ClientAttempt;
use imds_client::{Ask, Client, Endpoint, HttpTransport, Observer, Outcome, Token, TokenRequest};
use imds_emulator::limit::Limiter;

use super::context::LiveContext;
use super::failure::LiveError;
use super::shared::Shared;
use super::watch::Watch;
use crate::engine::schedule::Start;
use crate::engine::streams::Streams;
use crate::record::failure;
use crate::record::{Answer, Asked, Attempt, Sending, Who};
use crate::scenario::context::{Bearer, Belongings};
use crate::scenario::story::Group;
use crate::session::course::{Acquired, Course, Effect, Ending, Heard, Query, Why};

/// The header in which an emulator names the limiter that refused, when it is asked to.
const LIMITER: &str = "x-imds-emulator-limiter";

/// One session: a client and a connection of its own.
pub(super) struct LiveSession {
    start: Start,
    background: bool,
    course: Course,
    client: Client<HttpTransport>,
    /// Its intended start and its pauses. What of an attempt's time was service time is not known
    /// here, so it is left out: a bound may be too low, never too high.
    path: Duration,
    record: Shared,
    context: Option<LiveContext>,
}

impl LiveSession {
    pub(super) fn new(
        start: Start,
        group: &Group,
        endpoint: &Endpoint,
        belongings: Belongings,
        streams: &Streams,
        record: Shared,
    ) -> Result<Self, LiveError> {
        let chances = streams.of_session(start.session);
        let transport = HttpTransport::new(endpoint.clone())
            .map_err(|error| LiveError::Client(error.to_string()))?;
        Ok(Self {
            start,
            background: group.background,
            path: start.earliest,
            course: Course::new(group, start.startup, belongings, chances),
            client: Client::new(
                transport,
                Arc::clone(&group.policy),
                streams.policy(start.session),
            ),
            record,
            context: None,
        })
    }

    pub(super) fn with_context(self, context: LiveContext) -> Self {
        let context = Some(context);
        Self { context, ..self }
    }

    /// Whether the run does not wait for it.
    pub(super) fn is_background(&self) -> bool {
        self.background
    }

    /// Who it is.
    pub(super) fn who(&self) -> Who {
        self.start.who()
    }

    /// Waits for its start and does its script, or as much of it as there is time for until `leave`
    /// completes.
    pub(super) async fn play(mut self, watch: Watch, leave: impl Future<Output = ()>) {
        let (who, at) = (self.start.who(), self.start.at);
        tokio::pin!(leave);
        tokio::select! {
            () = watch.until(at) => {}
            () = &mut leave => return,
        }
        self.record.lock().started(who, at, watch.now());
        let ending = tokio::select! {
            ending = self.perform(watch) => ending,
            () = &mut leave => self.course.so_far(),
        };
        let mut record = self.record.lock();
        record.session_ended(who, &ending, watch.now());
    }

    async fn perform(&mut self, watch: Watch) -> Ending {
        let (who, mut now) = (self.start.who(), self.start.at);
        let mut heard = Heard::Done;
        loop {
            let effect = self.course.resume(now, heard);
            now = watch.now();
            heard = match effect {
                Effect::Begin(step) => {
                    self.record.lock().began(who, &step, now);
                    Heard::Done
                }
                Effect::Finish(step) => {
                    self.record.lock().finished(who, &step, now);
                    Heard::Done
                }
                Effect::Token(request) => Heard::Token(self.token(&request, watch).await),
                Effect::Metadata(request) => {
                    let done = self.ask(Asked::Metadata, &*request, watch).await;
                    Heard::Metadata(done.map(drop))
                }
                Effect::Note(fact) => {
                    self.record.lock().noted(who, &fact, now);
                    Heard::Done
                }
                Effect::Manage(bearer, query) => self.manage(&bearer, &query, watch).await,
                Effect::Enter(domain) => self.context().enter(domain).await,
                Effect::Leave(_) => self.context().leave(),
                Effect::Open(access) => self.context().open(access),
                Effect::Close(write) => self.context().close(write.as_ref()),
                Effect::Wait(length, why) => {
                    self.wait(length, why).await;
                    Heard::Done
                }
                Effect::End(ending) => return ending,
            };
            now = watch.now();
        }
    }

    async fn wait(&mut self, length: Duration, why: Why) {
        match why {
            Why::Itself => self.path = self.path.saturating_add(length),
            Why::Lock => {}
            Why::Retry => self.record.lock().waits(self.start.who(), length),
        }
        tokio::time::sleep(length).await;
    }

    async fn manage(&mut self, bearer: &Bearer, query: &Query, watch: Watch) -> Heard {
        let session = self.start.who();
        let sent = watch.now();
        let sending = Sending {
            asked: Asked::ResourceManager,
            path: Some(query.name()),
            retry_index: 0,
            at: sent,
            waited: Duration::ZERO,
        };
        self.record.lock().sent(session, &sending);
        let (answer, managed) = self.context().ask(bearer, query).await;
        let attempt = Attempt {
            asked: Asked::ResourceManager,
            retry_index: 0,
            sent,
            ended: watch.now(),
            answer,
        };
        self.record.lock().answered(session, &attempt);
        Heard::Managed(managed)
    }

    fn context(&mut self) -> &mut LiveContext {
        let context = self.context.as_mut();
        context.expect("only sessions with a context have its steps")
    }

    async fn token(&mut self, request: &TokenRequest, watch: Watch) -> Result<Acquired, String> {
        let token = self.ask(Asked::Token, request, watch).await?;
        let mut record = self.record.lock();
        record.got_token(self.start.who(), watch.now(), self.path);
        Ok(Acquired {
            life: life(&token),
            bearer: Bearer::Secret(token.access_token.into()),
        })
    }

    async fn ask<A: Ask>(
        &mut self,
        asked: Asked,
        ask: &A,
        watch: Watch,
    ) -> Result<A::Reply, String> {
        let mut observer = SessionObserver::new(self, asked, watch);
        let reply = self.client.ask_observed(ask, &mut observer).await;
        reply.map_err(|error| {
            self.record.lock().gave_up(self.start.who(), error.gave_up);
            failure::kind(&error.outcome)
        })
    }
}

/// The life that it has left; none if it does not say.
fn life(token: &Token) -> Duration {
    Duration::from_secs(token.expires_in.unwrap_or_default())
}

/// Reports the attempts of one operation.
struct SessionObserver {
    who: Who,
    asked: Asked,
    began: Duration,
    /// When the last attempt ended.
    ended: Option<Duration>,
    watch: Watch,
    record: Shared,
}

impl SessionObserver {
    fn new(session: &LiveSession, asked: Asked, watch: Watch) -> Self {
        Self {
            who: session.start.who(),
            asked,
            began: watch.now(),
            ended: None,
            watch,
            record: session.record.clone(),
        }
    }
}

impl Observer for SessionObserver {
    fn sending(&mut self, attempt: u32) {
        let at = self.watch.now();
        let sending = Sending {
            asked: self.asked,
            path: None,
            retry_index: attempt,
            at,
            waited: at.saturating_sub(self.ended.unwrap_or(at)),
        };
        self.record.lock().sent(self.who, &sending);
    }

    fn answered(&mut self, attempt: &ClientAttempt<'_>) {
        let attempt = Attempt {
            asked: self.asked,
            retry_index: attempt.index,
            sent: self.began + attempt.started,
            ended: self.began + attempt.ended,
            answer: answer(attempt),
        };
        self.ended = Some(attempt.ended);
        self.record.lock().answered(self.who, &attempt);
    }
}

fn answer(attempt: &ClientAttempt<'_>) -> Answer {
    match attempt.outcome {
        Outcome::Success => Answer::Granted,
        Outcome::Status { status: 429, .. } => Answer::Refused(limiter(attempt)),
        Outcome::Status { status, .. } => Answer::Status(*status),
        Outcome::Malformed => Answer::Status(200),
        Outcome::Transport(failure) => Answer::None(*failure),
    }
}

fn limiter(attempt: &ClientAttempt<'_>) -> Option<Limiter> {
    let headers = &attempt.answer?.headers;
    let (_, name) = headers.iter().find(|(name, _)| name == LIMITER)?;
    Limiter::ALL
        .into_iter()
        .find(|limiter| limiter.name() == name)
}

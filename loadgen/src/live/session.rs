//! One session in real time: the real client drives its connects.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits as the script says"
)]

use std::sync::Arc;
use std::time::Duration;

use imds_client::client::Attempt as ClientAttempt;
use imds_client::{
    Client, Endpoint, HttpTransport, Observer, OperationError, Outcome, TokenRequest,
};
use imds_emulator::limit::Limiter;
use rand::rngs::ChaCha8Rng;

use super::{LiveError, Shared, Watch};
use crate::failure;
use crate::record::{Answer, Attempt, Sending, Who};
use crate::scenario::Group;
use crate::schedule::Start;
use crate::script::{Cursor, Move};
use crate::streams::Streams;

/// The header in which an emulator names the limiter that refused, when it is asked to.
const LIMITER: &str = "x-imds-emulator-limiter";

/// One session: a client and a connection of its own.
pub(super) struct LiveSession {
    start: Start,
    cursor: Cursor<ChaCha8Rng>,
    client: Client<HttpTransport>,
    /// Its intended start and its pauses. What of an attempt's time was service time is not known
    /// here, so it is left out: a bound may be too low, never too high.
    path: Duration,
    record: Shared,
}

impl LiveSession {
    pub(super) fn new(
        start: Start,
        group: &Group,
        endpoint: &Endpoint,
        streams: &Streams,
        record: Shared,
    ) -> Result<Self, LiveError> {
        let transport = HttpTransport::new(endpoint.clone())
            .map_err(|error| LiveError::Client(error.to_string()))?;
        Ok(Self {
            start,
            path: start.at,
            cursor: Cursor::new(Arc::clone(&group.script), streams.script(start.session)),
            client: Client::new(
                transport,
                Arc::clone(&group.policy),
                streams.policy(start.session),
            ),
            record,
        })
    }

    /// Waits for its start and does its script.
    pub(super) async fn play(mut self, watch: Watch) {
        let (who, at) = (self.start.who(), self.start.at);
        watch.until(at).await;
        self.record.lock().started(who, at, watch.now());
        let mut step_began = at;
        loop {
            let next = self.cursor.advance();
            if next != Move::End {
                self.record.lock().step(who, &next, watch.now());
            }
            match next {
                Move::Connect(request) => match self.connect(&request, watch).await {
                    Ok(()) => self.connected(step_began, watch.now()),
                    Err(error) => return self.failed(&error, watch.now()),
                },
                Move::Think(pause) => {
                    tokio::time::sleep(pause).await;
                    self.path += pause;
                }
                Move::End => return self.record.lock().succeeded(who, watch.now()),
            }
            step_began = watch.now();
        }
    }

    async fn connect(&self, request: &TokenRequest, watch: Watch) -> Result<(), OperationError> {
        let mut observer = SessionObserver::new(self, watch);
        let token = self.client.token_observed(request, &mut observer).await;
        token.map(drop)
    }

    fn connected(&self, step_began: Duration, now: Duration) {
        let mut record = self.record.lock();
        record.connected(self.start.who(), step_began, now);
        record.own_path(self.path);
    }

    fn failed(&self, error: &OperationError, now: Duration) {
        let mut record = self.record.lock();
        record.connect_failed(self.start.who());
        record.failed(self.start.who(), &failure::kind(&error.outcome), now);
    }
}

/// Reports the attempts of one connect.
struct SessionObserver {
    who: Who,
    began: Duration,
    /// When the last attempt ended.
    ended: Option<Duration>,
    watch: Watch,
    record: Shared,
}

impl SessionObserver {
    fn new(session: &LiveSession, watch: Watch) -> Self {
        Self {
            who: session.start.who(),
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
            retry_index: attempt,
            at,
            waited: at.saturating_sub(self.ended.unwrap_or(at)),
        };
        self.record.lock().sent(self.who, &sending);
    }

    fn answered(&mut self, attempt: &ClientAttempt<'_>) {
        let attempt = Attempt {
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

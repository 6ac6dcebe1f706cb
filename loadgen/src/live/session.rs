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
use crate::record::{Answer, Attempt};
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
        let Start { group, at, .. } = self.start;
        watch.until(at).await;
        self.record.lock().started(group, at, watch.now());
        let mut step_began = at;
        loop {
            match self.cursor.advance() {
                Move::Connect(request) => match self.connect(&request, watch).await {
                    Ok(()) => self.connected(step_began, watch.now()),
                    Err(error) => return self.failed(&error),
                },
                Move::Think(pause) => {
                    tokio::time::sleep(pause).await;
                    self.path += pause;
                }
                Move::End => return self.record.lock().succeeded(group),
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
        record.connected(self.start.group, step_began, now);
        record.own_path(self.path);
    }

    fn failed(&self, error: &OperationError) {
        let mut record = self.record.lock();
        record.connect_failed(self.start.group);
        record.failed(self.start.group, &failure::kind(&error.outcome));
    }
}

/// Reports the attempts of one connect.
struct SessionObserver {
    group: usize,
    began: Duration,
    watch: Watch,
    record: Shared,
}

impl SessionObserver {
    fn new(session: &LiveSession, watch: Watch) -> Self {
        Self {
            group: session.start.group,
            began: watch.now(),
            watch,
            record: session.record.clone(),
        }
    }
}

impl Observer for SessionObserver {
    fn sending(&mut self, attempt: u32) {
        let mut record = self.record.lock();
        record.sent(self.group, attempt, self.watch.now());
    }

    fn answered(&mut self, attempt: &ClientAttempt<'_>) {
        let attempt = Attempt {
            retry_index: attempt.index,
            sent: self.began + attempt.started,
            ended: self.began + attempt.ended,
            answer: answer(attempt),
        };
        self.record.lock().answered(self.group, &attempt);
    }
}

fn answer(attempt: &ClientAttempt<'_>) -> Answer {
    match attempt.outcome {
        Outcome::Success => Answer::Granted,
        Outcome::Status { status: 429, .. } => Answer::Refused(limiter(attempt)),
        Outcome::Status { status, .. } => Answer::Status(*status),
        Outcome::Malformed => Answer::Status(200),
        Outcome::Transport(_) => Answer::None,
    }
}

fn limiter(attempt: &ClientAttempt<'_>) -> Option<Limiter> {
    let headers = &attempt.answer?.headers;
    let (_, name) = headers.iter().find(|(name, _)| name == LIMITER)?;
    Limiter::ALL
        .into_iter()
        .find(|limiter| limiter.name() == name)
}

//! One session in real time: the real client drives its connects.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits as the script says"
)]

use std::sync::Arc;
use std::time::Duration;

use imds_client::client::Attempt as ClientAttempt;
use imds_client::{Client, Endpoint, HttpTransport, Observer, Outcome, TokenError, TokenRequest};
use imds_emulator::limit::Limiter;
use rand::rngs::ChaCha8Rng;
use tokio::time::Instant;

use super::{LiveError, Shared};
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
    /// Its intended start, its pauses and the time of its granted attempts.
    path: Duration,
    origin: Instant,
    record: Shared,
}

impl LiveSession {
    pub(super) fn new(
        start: Start,
        group: &Group,
        endpoint: &Endpoint,
        streams: &Streams,
        origin: Instant,
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
            origin,
            record,
        })
    }

    /// Waits for its start and does its script.
    pub(super) async fn play(mut self) {
        let Start { group, at, .. } = self.start;
        tokio::time::sleep_until(self.origin + at).await;
        self.record.lock().started(group, at, self.now());
        let mut step_began = at;
        loop {
            match self.cursor.advance() {
                Move::Connect(request) => match self.connect(&request).await {
                    Ok(()) => self.connected(step_began),
                    Err(error) => return self.failed(&error),
                },
                Move::Think(pause) => {
                    tokio::time::sleep(pause).await;
                    self.path += pause;
                }
                Move::End => return self.record.lock().succeeded(group),
            }
            step_began = self.now();
        }
    }

    async fn connect(&mut self, request: &TokenRequest) -> Result<(), TokenError> {
        let mut observer = SessionObserver::new(self);
        let result = self.client.token_observed(request, &mut observer).await;
        self.path += observer.granted;
        result.map(drop)
    }

    fn connected(&self, step_began: Duration) {
        let now = self.now();
        let mut record = self.record.lock();
        record.connected(self.start.group, step_began, now);
        record.own_path(self.path);
    }

    fn failed(&self, error: &TokenError) {
        let mut record = self.record.lock();
        record.connect_failed(self.start.group);
        record.failed(self.start.group, &failure::kind(&error.outcome));
    }

    /// Time since the run's start; zero before it.
    fn now(&self) -> Duration {
        Instant::now().saturating_duration_since(self.origin)
    }
}

/// Reports the attempts of one connect.
struct SessionObserver {
    group: usize,
    began: Duration,
    /// The time of granted attempts.
    granted: Duration,
    origin: Instant,
    record: Shared,
}

impl SessionObserver {
    fn new(session: &LiveSession) -> Self {
        Self {
            group: session.start.group,
            began: session.now(),
            granted: Duration::ZERO,
            origin: session.origin,
            record: session.record.clone(),
        }
    }
}

impl Observer for SessionObserver {
    fn sending(&mut self, _attempt: u32) {
        let now = Instant::now().saturating_duration_since(self.origin);
        self.record.lock().sent(self.group, now);
    }

    fn answered(&mut self, attempt: &ClientAttempt<'_>) {
        let answer = answer(attempt);
        if answer == Answer::Granted {
            self.granted += attempt.ended.saturating_sub(attempt.started);
        }
        let attempt = Attempt {
            retry_index: attempt.index,
            sent: self.began + attempt.started,
            ended: self.began + attempt.ended,
            answer,
        };
        self.record.lock().answered(self.group, &attempt);
    }
}

fn answer(attempt: &ClientAttempt<'_>) -> Answer {
    match attempt.outcome {
        Outcome::Token => Answer::Granted,
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

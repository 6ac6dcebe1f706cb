//! One session that is alive in virtual time.

use std::sync::Arc;
use std::time::Duration;

use imds_client::acquire::{Acquisition, Outcome, Step};
use imds_client::client::DEFAULT_ATTEMPT_TIMEOUT;
use imds_client::policy::Policy;
use imds_client::wire::TokenRequest;
use rand::rngs::ChaCha8Rng;

use super::agenda::Slip;
use super::sent::Sent;
use crate::record::{Answer, Attempt, Sending, Who};
use crate::scenario::Group;
use crate::schedule::Start;
use crate::script::Cursor;
use crate::streams::Streams;

/// Where a session is in its script, and its connect if it is in the midst of one.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) who: Who,
    pub(super) cursor: Cursor<ChaCha8Rng>,
    /// When the current step was to begin.
    pub(super) step_began: Duration,
    /// Its intended start, its pauses and the time of its granted attempts.
    pub(super) path: Duration,
    policy: Arc<Policy>,
    rng: ChaCha8Rng,
    connecting: Option<Connecting>,
    /// The number of its connection, if it has one.
    connection: Option<u64>,
    /// When the attempt on its way times out.
    time_out: Option<Slip>,
    /// Attempts so far, in all operations: each has a stream of service time of its own.
    pub(super) attempts: u32,
}

#[derive(Debug)]
struct Connecting {
    request: Arc<TokenRequest>,
    acquisition: Acquisition,
    retry_index: u32,
    sent: Duration,
    /// When the attempt before ended; the connect's start before the first.
    ended: Duration,
    /// The number of the attempt that is on its way.
    in_flight: Option<u32>,
}

impl Session {
    pub(super) fn new(start: Start, group: &Group, streams: &Streams) -> Self {
        Self {
            who: start.who(),
            cursor: Cursor::new(Arc::clone(&group.script), streams.script(start.session)),
            step_began: start.at,
            path: start.at,
            policy: Arc::clone(&group.policy),
            rng: streams.policy(start.session),
            connecting: None,
            connection: None,
            time_out: None,
            attempts: 0,
        }
    }

    /// Begins a connect step.
    pub(super) fn connect(&mut self, request: Arc<TokenRequest>, now: Duration) {
        self.step_began = now;
        self.connecting = Some(Connecting {
            request,
            acquisition: Acquisition::begin(Arc::clone(&self.policy), now),
            retry_index: 0,
            sent: now,
            ended: now,
            in_flight: None,
        });
    }

    /// The attempt that is sent now.
    pub(super) fn sending(&self, now: Duration) -> Sending {
        let connecting = self.connecting.as_ref().expect(CONNECTING);
        Sending {
            retry_index: connecting.retry_index,
            at: now,
            waited: now.saturating_sub(connecting.ended),
        }
    }

    pub(super) fn is_connecting(&self) -> bool {
        self.connecting.is_some()
    }

    /// Sends the next attempt of the connect, over a new connection if the last one is gone.
    pub(super) fn take_off(&mut self, now: Duration, connections: &mut u64) -> Sent {
        let attempt = self.attempts;
        self.attempts += 1;
        let connection = *self.connection.get_or_insert_with(|| {
            *connections += 1;
            *connections
        });
        let session = self.who.session;
        let connecting = self.connecting();
        connecting.sent = now;
        connecting.in_flight = Some(attempt);
        Sent {
            session,
            attempt,
            connection,
            request: Arc::clone(&connecting.request),
        }
    }

    /// Remembers when the attempt on its way times out.
    pub(super) fn set_time_out(&mut self, time_out: Slip) {
        self.time_out = Some(time_out);
    }

    /// Forgets it.
    pub(super) fn take_time_out(&mut self) -> Option<Slip> {
        self.time_out.take()
    }

    /// Whether this attempt is the one on its way.
    pub(super) fn waits_for(&self, attempt: u32) -> bool {
        self.connecting
            .as_ref()
            .is_some_and(|connecting| connecting.in_flight == Some(attempt))
    }

    /// The attempt on its way has ended.
    pub(super) fn land(&mut self, now: Duration, answer: Answer) -> Attempt {
        let connecting = self.connecting();
        connecting.in_flight = None;
        connecting.ended = now;
        let retry_index = connecting.retry_index;
        connecting.retry_index += 1;
        let attempt = Attempt {
            retry_index,
            sent: connecting.sent,
            ended: now,
            answer,
        };
        if answer == Answer::Granted {
            self.path += attempt.ended.saturating_sub(attempt.sent);
        }
        if matches!(answer, Answer::None(_)) {
            self.connection = None;
        }
        attempt
    }

    /// What the policy does after the attempt that has landed.
    pub(super) fn decide(&mut self, outcome: &Outcome, now: Duration) -> Step {
        let connecting = self.connecting.as_mut().expect(CONNECTING);
        let step = connecting.acquisition.after(outcome, now, &mut self.rng);
        if matches!(step, Step::Done | Step::Failed(_)) {
            self.connecting = None;
        }
        step
    }

    /// How long the attempt that is sent now may take, as the real client lets it.
    pub(super) fn attempt_limit(&self, now: Duration) -> Duration {
        let connecting = self.connecting.as_ref().expect(CONNECTING);
        let limit = connecting.acquisition.attempt_limit(now);
        limit.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT)
    }

    fn connecting(&mut self) -> &mut Connecting {
        self.connecting.as_mut().expect(CONNECTING)
    }
}

const CONNECTING: &str = "attempts are only made within a connect step";

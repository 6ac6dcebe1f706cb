//! One session that is alive in virtual time.

use std::sync::Arc;
use std::time::Duration;

use imds_client::acquire::{Acquisition, Outcome, Step};
use imds_client::client::DEFAULT_ATTEMPT_TIMEOUT;
use imds_client::policy::Policy;

use super::event_queue::EventHandle;
use super::sent::{ImdsQuery, Sent};
use crate::engine::schedule::Start;
use crate::engine::streams::Streams;
use crate::record::{Answer, Attempt, Sending, SessionId};
use crate::scenario::definition::Group;
use crate::session::chances::Chance;
use crate::session::outcome::Acquired;
use crate::session::question::{Progress, Suspended};

/// The state of a session, with its current operation if it has one.
pub(super) struct Session {
    pub(super) id: SessionId,
    /// Its intended start.
    pub(super) start: Duration,
    pub(super) progress: Progress,
    /// Its intended start, its pauses and the time of its granted attempts.
    pub(super) path: Duration,
    /// Its number in the form of the live header, if there are faults that may match it.
    name: Option<Arc<str>>,
    policy: Arc<Policy>,
    rng: Chance,
    operation: Option<Operation>,
    /// The number of its connection, if it has one.
    connection: Option<u64>,
    /// The timeout event of the attempt in flight.
    time_out: Option<EventHandle>,
    /// Requests to Resource Manager so far.
    pub(super) managed: u32,
    /// Attempts so far, in all operations: each has a stream of service time of its own.
    pub(super) attempts: u32,
}

/// The suspended session that an operation resumes with its answer.
pub(super) enum Caller {
    Token(Suspended<Result<Acquired, String>>),
    Metadata(Suspended<Result<(), String>>),
}

struct Operation {
    query: ImdsQuery,
    caller: Caller,
    acquisition: Acquisition,
    retry_index: u32,
    sent: Duration,
    /// When the attempt before ended; the operation's start before the first.
    ended: Duration,
    /// The number of the attempt in flight.
    in_flight: Option<u32>,
}

impl Session {
    pub(super) fn new(start: Start, group: &Group, progress: Progress, streams: &Streams) -> Self {
        Self {
            id: start.id(),
            start: start.at,
            progress,
            path: start.earliest,
            name: None,
            policy: Arc::clone(&group.policy),
            rng: streams.policy(start.session),
            operation: None,
            connection: None,
            time_out: None,
            managed: 0,
            attempts: 0,
        }
    }

    /// Makes it known to faults by its number.
    pub(super) fn name(&mut self) {
        self.name = Some(self.id.session.to_string().into());
    }

    pub(super) fn begin(&mut self, query: ImdsQuery, caller: Caller, now: Duration) {
        self.operation = Some(Operation {
            query,
            caller,
            acquisition: Acquisition::begin(Arc::clone(&self.policy), now),
            retry_index: 0,
            sent: now,
            ended: now,
            in_flight: None,
        });
    }

    /// The record of the attempt that is sent now.
    pub(super) fn sending(&self, now: Duration) -> Sending {
        let operation = self.operation.as_ref().expect(ASKING);
        Sending {
            kind: operation.query.kind(),
            path: None,
            retry_index: operation.retry_index,
            at: now,
            waited: now.saturating_sub(operation.ended),
        }
    }

    /// Sends the next attempt of the operation, over a new connection if the last one was closed.
    pub(super) fn start_attempt(&mut self, now: Duration, connections: &mut u64) -> Sent {
        let attempt = self.attempts;
        self.attempts += 1;
        let connection = *self.connection.get_or_insert_with(|| {
            *connections += 1;
            *connections
        });
        let (session, name) = (self.id.session, self.name.clone());
        let operation = self.operation();
        operation.sent = now;
        operation.in_flight = Some(attempt);
        let probe = operation.acquisition.is_probing();
        Sent {
            session,
            name,
            attempt,
            connection,
            probe,
            query: operation.query.clone(),
        }
    }

    /// Stores the timeout event of the attempt in flight.
    pub(super) fn set_time_out(&mut self, time_out: EventHandle) {
        self.time_out = Some(time_out);
    }

    /// Takes it out.
    pub(super) fn take_time_out(&mut self) -> Option<EventHandle> {
        self.time_out.take()
    }

    /// Whether this attempt is in flight.
    pub(super) fn waits_for(&self, attempt: u32) -> bool {
        self.operation
            .as_ref()
            .is_some_and(|operation| operation.in_flight == Some(attempt))
    }

    /// Ends the attempt in flight.
    pub(super) fn end_attempt(&mut self, now: Duration, answer: Answer) -> Attempt {
        let operation = self.operation();
        operation.in_flight = None;
        operation.ended = now;
        let retry_index = operation.retry_index;
        operation.retry_index += 1;
        let attempt = Attempt {
            kind: operation.query.kind(),
            retry_index,
            sent: operation.sent,
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

    /// The decision of the policy after the attempt that has ended.
    pub(super) fn decide(&mut self, outcome: &Outcome, now: Duration) -> Step {
        let operation = self.operation.as_mut().expect(ASKING);
        operation.acquisition.after(outcome, now, &mut self.rng)
    }

    /// Ends the operation; returns the session that waits for its answer.
    pub(super) fn end_operation(&mut self) -> Caller {
        self.operation.take().expect(ASKING).caller
    }

    /// The timeout of the attempt that is sent now, as in the real client.
    pub(super) fn attempt_limit(&self, now: Duration) -> Duration {
        let operation = self.operation.as_ref().expect(ASKING);
        let limit = operation.acquisition.attempt_limit(now);
        limit.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT)
    }

    fn operation(&mut self) -> &mut Operation {
        self.operation.as_mut().expect(ASKING)
    }
}

const ASKING: &str = "attempts are only made within an operation";

//! One session that is alive in virtual time.

use std::mem;
use std::time::Duration;

use imds_client::acquire::{Acquisition, Outcome, Step};
use imds_client::client::DEFAULT_ATTEMPT_TIMEOUT;
use imds_client::policy::Policy;

use super::event_queue::EventHandle;
use super::sent::{ImdsQuery, Sent};
use super::sharer::{Role, Sharer};
use crate::engine::schedule::Start;
use crate::engine::streams::Streams;
use crate::record::{Answer, Attempt, RequestKind, Sending, SessionId};
use crate::scenario::definition::Group;
use crate::session::chances::Chance;
use crate::session::outcome::{Acquired, Ending};
use crate::session::plain::PlainScript;
use crate::session::question::{Progress, Suspended};

/// The state of a session, with its current operation if it has one.
pub(super) struct Session<'s> {
    pub(super) id: SessionId,
    /// Its intended start.
    pub(super) start: Duration,
    pub(super) script: Script<'s>,
    /// Its intended start, its pauses and the time of its granted attempts.
    pub(super) path: Duration,
    pub(super) policy: &'s Policy,
    /// Whether it asks the broker for tokens. What of their time was service time is not known to it.
    pub(super) asks_broker: bool,
    /// Where it gets its tokens as `imds-client token` does, what that remembers.
    pub(super) sharer: Option<Box<Sharer<'s>>>,
    rng: Chance<&'s [u8; 32]>,
    /// The latest one, whose place the next one takes.
    operation: Option<Operation<'s>>,
    /// The number of its connection, if it has one.
    connection: Option<u64>,
    /// The timeout event of the attempt in flight.
    pub(super) time_out: Option<EventHandle>,
    /// Where the VM serves its latest attempt, if it does.
    pub(super) slot: Option<u32>,
    /// Requests to Resource Manager so far.
    pub(super) managed: u32,
    /// Attempts so far, in all operations: each has a stream of service time of its own.
    pub(super) attempts: u32,
}

/// The script of a session.
#[expect(
    clippy::large_enum_variant,
    reason = "most sessions are plain, and a box for each takes time"
)]
pub(super) enum Script<'s> {
    Plain(PlainScript<'s, &'s [u8; 32]>),
    /// It is suspended where its next event is.
    Suspended(Progress),
    /// There is none: it is an operation of the broker.
    Operation,
}

/// What an operation resumes with its answer.
pub(super) enum Caller {
    /// The plain script of its session.
    Plain,
    /// A suspended session.
    Token(Suspended<Result<Acquired, String>>),
    Metadata(Suspended<Result<(), String>>),
}

struct Operation<'s> {
    /// Its latest attempt.
    request: Sent,
    caller: Caller,
    acquisition: Acquisition<&'s Policy>,
    retry_index: u32,
    sent: Duration,
    /// When the attempt before ended; the operation's start before the first.
    ended: Duration,
    /// The number of the attempt in flight.
    in_flight: Option<u32>,
}

impl<'s> Session<'s> {
    #[inline]
    pub(super) fn new(
        start: Start,
        group: &'s Group,
        script: Script<'s>,
        streams: &'s Streams,
    ) -> Self {
        let sharer = group.client_options().map(|options| {
            let rng = streams.sharing(start.session);
            Box::new(Sharer::new(options, rng))
        });
        Self {
            path: start.earliest,
            asks_broker: group.broker().is_some(),
            sharer,
            ..Self::with(start.id(), start.at, script, (&group.policy, streams))
        }
    }

    /// An operation of the broker, which retries by this policy, with a number that no session has.
    pub(super) fn of_broker(
        number: u32,
        policy: &'s Policy,
        streams: &'s Streams,
        now: Duration,
    ) -> Self {
        let id = SessionId {
            session: number,
            group: 0,
        };
        Self::with(id, now, Script::Operation, (policy, streams))
    }

    /// One that starts then, and shares nothing.
    fn with(
        id: SessionId,
        start: Duration,
        script: Script<'s>,
        (policy, streams): (&'s Policy, &'s Streams),
    ) -> Self {
        Self {
            id,
            start,
            script,
            path: start,
            policy,
            asks_broker: false,
            sharer: None,
            rng: streams.policy(id.session),
            operation: None,
            connection: None,
            time_out: None,
            slot: None,
            managed: 0,
            attempts: 0,
        }
    }

    /// Whether it is an operation of the broker.
    pub(super) fn is_brokers(&self) -> bool {
        matches!(self.script, Script::Operation)
    }

    /// The name of its policy.
    pub(super) fn policy(&self) -> &str {
        &self.policy.name
    }

    pub(super) fn begin(&mut self, query: ImdsQuery, caller: Caller, now: Duration) {
        self.operation = Some(Operation {
            request: Sent::new(self.id.session, query),
            caller,
            acquisition: Acquisition::begin(self.policy, now),
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
            kind: operation.request.query.kind(),
            path: None,
            retry_index: operation.retry_index,
            at: now,
            waited: now.saturating_sub(operation.ended),
        }
    }

    /// Begins the next attempt of the operation, over a new connection if the last one was closed.
    pub(super) fn start_attempt(&mut self, now: Duration, connections: &mut u64) {
        let attempt = self.attempts;
        self.attempts += 1;
        self.slot = None;
        let connection = *self.connection.get_or_insert_with(|| {
            *connections += 1;
            *connections
        });
        let operation = self.operation();
        operation.sent = now;
        if operation.retry_index == 0 {
            operation.ended = now;
        }
        operation.in_flight = Some(attempt);
        let request = &mut operation.request;
        (request.attempt, request.connection) = (attempt, connection);
        request.probe = operation.acquisition.is_probing();
    }

    /// The attempt that was begun last.
    pub(super) fn sent(&self) -> &Sent {
        &self.operation.as_ref().expect(ASKING).request
    }

    /// Whether this attempt is in flight.
    pub(super) fn waits_for(&self, attempt: u32) -> bool {
        self.operation
            .as_ref()
            .is_some_and(|operation| operation.in_flight == Some(attempt))
    }

    /// Whether an attempt is in flight.
    pub(super) fn is_under_way(&self) -> bool {
        self.operation
            .as_ref()
            .is_some_and(|operation| operation.in_flight.is_some())
    }

    /// Whether its operation of this number refreshes a token, and has not ended.
    pub(super) fn refreshes(&self, operation: u32) -> bool {
        self.sharer.as_ref().is_some_and(|sharer| {
            sharer.operations == operation && matches!(sharer.role, Role::Refreshes(_))
        })
    }

    /// What it remembers that gets its tokens as `imds-client token` does.
    pub(super) fn sharer(&mut self) -> &mut Sharer<'s> {
        let sharer = self.sharer.as_mut();
        sharer.expect("only sessions that share tokens read the cache")
    }

    /// Ends the attempt in flight.
    pub(super) fn end_attempt(&mut self, now: Duration, answer: Answer) -> Attempt {
        let operation = self.operation();
        operation.in_flight = None;
        operation.ended = now;
        let retry_index = operation.retry_index;
        operation.retry_index += 1;
        let attempt = Attempt {
            kind: operation.request.query.kind(),
            retry_index,
            sent: operation.sent,
            ended: now,
            answer,
        };
        if answer == Answer::Granted && !self.asks_broker {
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

    /// How it would have ended if it ended now.
    pub(super) fn so_far(&self) -> Ending {
        match &self.script {
            Script::Plain(script) => script.so_far(),
            Script::Suspended(progress) => progress.so_far(),
            Script::Operation => Ending::default(),
        }
    }

    /// Its script, which is plain.
    pub(super) fn plain(&mut self) -> &mut PlainScript<'s, &'s [u8; 32]> {
        match &mut self.script {
            Script::Plain(script) => script,
            Script::Suspended(_) | Script::Operation => {
                panic!("a suspended session is resumed with its answer")
            }
        }
    }

    /// Ends the operation; what it asked for, and what waits for its answer.
    pub(super) fn end_operation(&mut self) -> (RequestKind, Caller) {
        let operation = self.operation();
        let caller = mem::replace(&mut operation.caller, Caller::Plain);
        (operation.request.query.kind(), caller)
    }

    /// The timeout of the attempt that is sent now, as in the real client.
    pub(super) fn attempt_limit(&self, now: Duration) -> Duration {
        let operation = self.operation.as_ref().expect(ASKING);
        let limit = operation.acquisition.attempt_limit(now);
        limit.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT)
    }

    fn operation(&mut self) -> &mut Operation<'s> {
        self.operation.as_mut().expect(ASKING)
    }
}

const ASKING: &str = "attempts are only made within an operation";

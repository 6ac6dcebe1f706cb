//! The broker in virtual time: it decides as `imds-client serve` does, by the same memory, pace and answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use imds_client::acquire::Outcome;
use imds_client::broker::seen;
use imds_client::cache::{Decision, Entry, Life, NoToken};
use imds_client::wire::TokenRequest;
use imds_client::{BrokerSettings, Pace, Pacer, Policy, Turn as PacerTurn};
use imds_emulator::vm::Grant;

pub(super) use imds_client::broker::busy;

use super::ended::{self, End};
use super::event::Parcel;
use super::failure::SimulateError;
use super::pending::Key;
use super::sent::ImdsQuery;
use super::session::{Caller, Session};
use super::simulation::{Simulation, World};
use super::turn::Turn;
use crate::engine::streams::Streams;
use crate::record::recorder::Recorder;
use crate::scenario::definition::Scenario;
use crate::session::chances::Chance;

/// The broker of a scenario.
pub(super) struct Broker<'s> {
    policy: &'s Policy,
    memory: BTreeMap<Arc<TokenRequest>, Item>,
    /// What each of its operations asks for, by its number.
    operations: BTreeMap<u32, Arc<TokenRequest>>,
    /// The number of its first operation, which no session has, and of its next.
    first: u32,
    next: u32,
    pacer: Pacer,
    /// Its operations that wait for their turn, in order.
    queue: VecDeque<u32>,
    /// When the first of these looks for its turn.
    looks: Option<Duration>,
    /// The turns of its requests in progress.
    turns: BTreeMap<u32, u64>,
    /// Requests of sessions that wait for IMDS.
    waiting: usize,
    rng: Chance<&'s [u8; 32]>,
}

/// One token, and the request for it if there is one.
#[derive(Default)]
struct Item {
    entry: Entry<Grant, Outcome>,
    asked: bool,
    waiters: Vec<Key>,
}

/// What the broker does for a request.
enum Reply {
    Now(End),
    /// It waits; the request to IMDS of this number is to begin, if it has not.
    Later,
}

impl<'s> Broker<'s> {
    /// The broker that sessions of the scenario ask, if any do.
    pub(super) fn of(scenario: &'s Scenario, streams: &'s Streams) -> Option<Self> {
        let policy = scenario.groups.iter().find_map(|group| group.broker())?;
        let first = scenario.sessions();
        Some(Self {
            policy,
            memory: BTreeMap::new(),
            operations: BTreeMap::new(),
            first,
            next: first,
            pacer: Pacer::default(),
            queue: VecDeque::new(),
            looks: None,
            turns: BTreeMap::new(),
            waiting: 0,
            rng: streams.broker(),
        })
    }

    /// What it does for a request at `now`, and the number of a request to IMDS that is to begin.
    fn reply(
        &mut self,
        request: &Arc<TokenRequest>,
        key: Key,
        now: Duration,
    ) -> (Reply, Option<u32>) {
        let full = self.waiting >= BrokerSettings::MAX_CLIENTS;
        let item = self.memory.entry(Arc::clone(request)).or_default();
        match item.entry.decide(now, item.asked) {
            Decision::Serve(cached) => (Reply::Now(ended::handed_out(cached.token)), None),
            Decision::Refresh(cached) => {
                let reply = Reply::Now(ended::handed_out(cached.token));
                (reply, Some(self.operation(request)))
            }
            Decision::Refuse(failure) => {
                let outcome = seen(&failure.error, failure.again_in);
                (Reply::Now(ended::of_outcome(outcome)), None)
            }
            Decision::Ask if full => (Reply::Now(ended::of_outcome(busy())), None),
            Decision::Ask => {
                item.waiters.push(key);
                self.waiting += 1;
                let asked = item.asked;
                let begins = (!asked).then(|| self.operation(request));
                (Reply::Later, begins)
            }
        }
    }

    /// The number of a request to IMDS for this token, which is in progress from now on.
    fn operation(&mut self, request: &Arc<TokenRequest>) -> u32 {
        let number = self.next;
        self.next += 1;
        self.operations.insert(number, Arc::clone(request));
        if let Some(item) = self.memory.get_mut(request) {
            item.asked = true;
        }
        number
    }

    /// An operation has ended so. What all who wait for it are answered.
    fn landed(&mut self, number: u32, now: Duration, end: &End) -> (Vec<Key>, End) {
        let request = self.operations.remove(&number).expect(IN_PROGRESS);
        let item = self.memory.get_mut(&request).expect(IN_PROGRESS);
        item.asked = false;
        let waiters = std::mem::take(&mut item.waiters);
        self.waiting -= waiters.len();
        let answer = if let Some(grant) = &end.grant {
            let left = grant.expires_at.saturating_sub(now);
            let life = Life::begin(now, left, &mut self.rng);
            let cached = item.entry.granted(grant.clone(), Some(life), now);
            ended::handed_out(cached.token)
        } else {
            let failure = NoToken::after(&end.outcome, end.outcome, &mut self.rng);
            let failure = item.entry.failed(failure, now);
            ended::of_outcome(seen(&failure.error, failure.again_in))
        };
        (waiters, answer)
    }

    /// The first that waits, if its turn has come; else when that comes.
    fn turn(&mut self, now: Duration) -> Option<Result<u32, Duration>> {
        let number = *self.queue.front()?;
        Some(match self.pacer.ask(&Pace::IDENTITY, now) {
            PacerTurn::Wait(at) => Err(at),
            PacerTurn::Go(turn) => {
                self.queue.pop_front();
                self.turns.insert(number, turn);
                Ok(number)
            }
        })
    }
}

const IN_PROGRESS: &str = "an operation ends once, and its token is in memory";

impl<'s, R: Recorder> World<'s, R> {
    fn the_broker(&mut self) -> &mut Broker<'s> {
        let broker = self.broker.as_mut();
        broker.expect("a scenario whose sessions ask a broker has one")
    }

    /// The attempt that a session has begun reaches the broker; as [`World::arrive`].
    pub(super) fn ask_broker(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Option<Turn>, SimulateError> {
        let sent = session.sent();
        let key = sent.key();
        let ImdsQuery::Token(request, _) = &sent.query else {
            return self.arrive(session, now);
        };
        if sent.probe {
            return self.conclude(session, now, &ended::rejected());
        }
        let request = Arc::clone(request);
        let (reply, begins) = self.the_broker().reply(&request, key, now);
        if let Some(number) = begins {
            self.put_parcel(now, Parcel::Asked(number, request));
        }
        let Reply::Now(end) = reply else {
            let (session_number, attempt) = key;
            let overdue = Parcel::Overdue {
                session: session_number,
                attempt,
            };
            self.put_parcel(now + BrokerSettings::MAX_WAIT, overdue);
            return Ok(Some(self.await_answer(session, now, None)));
        };
        self.conclude(session, now, &end)
    }

    /// An operation of the broker waits for its turn.
    pub(super) fn pace_again(&mut self, number: u32, now: Duration) -> Turn {
        self.the_broker().queue.push_back(number);
        self.put_parcel(now, Parcel::Turn);
        Turn::Waits
    }

    /// A request of the broker has ended, and the next may go.
    pub(super) fn turn_done(&mut self, number: u32, now: Duration) {
        let broker = self.the_broker();
        if let Some(turn) = broker.turns.remove(&number) {
            broker.pacer.done(turn);
        }
        if !broker.queue.is_empty() {
            self.put_parcel(now, Parcel::Turn);
        }
    }

    /// An operation of the broker has ended: all who wait for it are answered.
    pub(super) fn land(&mut self, number: u32, now: Duration, end: &End) {
        let (waiters, answer) = self.the_broker().landed(number, now, end);
        for (session, attempt) in waiters {
            let end = answer.clone();
            let received = Parcel::Received {
                session,
                attempt,
                end,
            };
            self.put_parcel(now, received);
        }
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// Whether this is the number of an operation of the broker.
    pub(super) fn is_brokers(&self, number: u32) -> bool {
        let broker = self.world.broker.as_ref();
        broker.is_some_and(|broker| number >= broker.first)
    }

    /// The broker asks IMDS for a token.
    pub(super) fn ask(
        &mut self,
        number: u32,
        request: Arc<TokenRequest>,
        now: Duration,
    ) -> Result<(), SimulateError> {
        let world = &mut self.world;
        let policy = world.the_broker().policy;
        let mut operation = Session::of_broker(number, policy, world.streams, now);
        operation.begin(world.token_query(request), Caller::Plain, now);
        self.sessions.add(operation);
        self.world.the_broker().queue.push_back(number);
        self.take_turns(now)
    }

    /// The operations of the broker whose turn has come send their requests.
    pub(super) fn take_turns(&mut self, now: Duration) -> Result<(), SimulateError> {
        while let Some(turn) = self.world.the_broker().turn(now) {
            let number = match turn {
                Ok(number) => number,
                Err(at) => {
                    let before = self.world.the_broker().looks.replace(at);
                    if before != Some(at) {
                        self.world.put_parcel(at, Parcel::Turn);
                    }
                    return Ok(());
                }
            };
            self.on(number, |world, session| {
                let turn = world.send(session, now)?;
                world.advance(session, now, turn)
            })?;
        }
        Ok(())
    }
}

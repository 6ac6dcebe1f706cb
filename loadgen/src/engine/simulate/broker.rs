//! The broker in virtual time: it decides as `imds-client serve` does, by the same memory, pace and answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use imds_client::acquire::Outcome;
use imds_client::broker::{busy, seen};
use imds_client::cache::{Decision, Entry, Life, NoToken};
use imds_client::wire::TokenRequest;
use imds_client::{BrokerSettings, Pace, Pacer, Policy, Turn as PacerTurn};
use imds_emulator::limit::Limiter;
use imds_emulator::vm::Grant;

use super::ended::{self, End};
use super::pending::Key;
use crate::engine::streams::Streams;
use crate::record::Answer;
use crate::scenario::definition::Scenario;
use crate::session::chances::Chance;

/// The broker of a scenario.
pub(super) struct Broker<'s> {
    pub(super) policy: &'s Policy,
    memory: BTreeMap<Arc<TokenRequest>, Item>,
    /// Its operations in progress, by their numbers.
    operations: BTreeMap<u32, Asked>,
    /// The number of its first operation, which no session has, and of its next.
    pub(super) first: u32,
    next: u32,
    pacer: Pacer,
    /// Its operations that wait for their turn, in order.
    pub(super) queue: VecDeque<u32>,
    /// When the first of these looks for its turn.
    pub(super) looks: Option<Duration>,
    /// The turns of its requests in progress.
    turns: BTreeMap<u32, u64>,
    /// Requests of sessions that wait for IMDS.
    waiting: usize,
    rng: Chance<&'s [u8; 32]>,
}

/// An operation in progress.
struct Asked {
    request: Arc<TokenRequest>,
    /// How its latest attempt ended.
    last: Option<End>,
}

/// Why there is no token.
#[derive(Clone, Copy)]
struct Failure {
    outcome: Outcome,
    /// The limiter that has refused it, if one did.
    limiter: Option<Limiter>,
}

/// One token, and the request for it if there is one.
#[derive(Default)]
struct Item {
    entry: Entry<Grant, Failure>,
    asked: bool,
    waiters: Vec<Key>,
}

/// What the broker does for a request.
pub(super) enum Reply {
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
    pub(super) fn reply(
        &mut self,
        request: &Arc<TokenRequest>,
        key: Key,
        now: Duration,
    ) -> (Reply, Option<u32>) {
        let item = self.memory.entry(Arc::clone(request)).or_default();
        match item.entry.decide(now, item.asked) {
            Decision::Serve(cached) => (Reply::Now(ended::handed_out(cached.token)), None),
            Decision::Refresh(cached) => {
                let reply = Reply::Now(ended::handed_out(cached.token));
                (reply, Some(self.operation(request)))
            }
            Decision::Refuse(failure) => (Reply::Now(refused(&failure)), None),
            Decision::Ask => self.wait(request, key),
        }
    }

    /// A request waits, unless too many do.
    fn wait(&mut self, request: &Arc<TokenRequest>, key: Key) -> (Reply, Option<u32>) {
        if self.waiting >= BrokerSettings::MAX_CLIENTS {
            return (Reply::Now(ended::of_outcome(busy(), None)), None);
        }
        self.waiting += 1;
        let item = self.memory.entry(Arc::clone(request)).or_default();
        item.waiters.push(key);
        let asked = item.asked;
        let begins = (!asked).then(|| self.operation(request));
        (Reply::Later, begins)
    }

    /// The number of a request to IMDS for this token, which is in progress from now on.
    fn operation(&mut self, request: &Arc<TokenRequest>) -> u32 {
        let number = self.next;
        self.next += 1;
        let asked = Asked {
            request: Arc::clone(request),
            last: None,
        };
        self.operations.insert(number, asked);
        if let Some(item) = self.memory.get_mut(request) {
            item.asked = true;
        }
        number
    }

    /// An operation has ended so. What all who wait for it are answered.
    pub(super) fn landed(&mut self, number: u32, now: Duration, end: &End) -> (Vec<Key>, End) {
        let Asked { request, .. } = self.operations.remove(&number).expect(IN_PROGRESS);
        let item = self.memory.get_mut(&request).expect(IN_PROGRESS);
        item.asked = false;
        let waiters = std::mem::take(&mut item.waiters);
        self.waiting -= waiters.len();
        let Some(grant) = &end.grant else {
            let failure = NoToken::after(&end.outcome, Failure::of(end), &mut self.rng);
            return (waiters, refused(&item.entry.failed(failure, now)));
        };
        let left = grant.expires_at.saturating_sub(now);
        let life = Life::begin(now, left, &mut self.rng);
        let cached = item.entry.granted(grant.clone(), Some(life), now);
        (waiters, ended::handed_out(cached.token))
    }

    /// An attempt of an operation has ended so, and the next may go.
    pub(super) fn attempted(&mut self, number: u32, end: &End) {
        if let Some(turn) = self.turns.remove(&number) {
            self.pacer.done(turn);
        }
        if let Some(asked) = self.operations.get_mut(&number) {
            asked.last = Some(end.clone());
        }
    }

    /// Takes an operation whose time is over out of the queue, if it waits there. How it has ended.
    pub(super) fn give_up_turn(&mut self, number: u32) -> Option<End> {
        let place = self.queue.iter().position(|waits| *waits == number)?;
        self.queue.remove(place);
        let last = self.operations.get(&number)?.last.clone();
        Some(last.unwrap_or_else(ended::timed_out))
    }

    /// The first that waits, if its turn has come; else when that comes.
    pub(super) fn turn(&mut self, now: Duration) -> Option<Result<u32, Duration>> {
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

impl Failure {
    fn of(end: &End) -> Self {
        let limiter = match end.answer {
            Answer::Refused(limiter) => limiter,
            Answer::Granted | Answer::Status(_) | Answer::None(_) => None,
        };
        Self {
            outcome: end.outcome,
            limiter,
        }
    }
}

/// What clients see of a failure. The headers of IMDS's answer are passed on, and so is the name of the limiter.
fn refused(failure: &NoToken<Failure>) -> End {
    let Failure { outcome, limiter } = &failure.error;
    ended::of_outcome(seen(outcome, failure.again_in), *limiter)
}

const IN_PROGRESS: &str = "an operation ends once, and its token is in memory";

//! Requests to the broker and by it in virtual time.

use std::sync::Arc;
use std::time::Duration;

use imds_client::BrokerSettings;
use imds_client::wire::TokenRequest;

use super::broker::{Broker, Reply};
use super::ended::{self, End};
use super::event::Parcel;
use super::failure::SimulateError;
use super::pending::Key;
use super::sent::ImdsQuery;
use super::session::{Caller, Session};
use super::simulation::{Simulation, World};
use super::turn::Turn;
use crate::record::recorder::Recorder;

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
        let ImdsQuery::Token(wanted) = sent.query else {
            return self.arrive(session, now);
        };
        if sent.probe {
            return self.conclude(session, now, &ended::rejected());
        }
        let request = Arc::clone(self.tokens.request(wanted));
        let (reply, begins) = self.the_broker().reply(&request, key, now);
        if let Some(number) = begins {
            self.put_parcel(now, Parcel::Asked(number, request));
        }
        match reply {
            Reply::Now(end) => self.conclude(session, now, &end),
            Reply::Later => {
                self.put_overdue(key, now);
                Ok(Some(self.await_answer(session, now, None)))
            }
        }
    }

    /// The broker answers an attempt at the latest then.
    fn put_overdue(&mut self, (session, attempt): Key, now: Duration) {
        let overdue = Parcel::Overdue { session, attempt };
        self.put_parcel(now + BrokerSettings::MAX_WAIT, overdue);
    }

    /// An operation of the broker waits for its turn.
    pub(super) fn pace_again(&mut self, number: u32, now: Duration) -> Turn {
        self.the_broker().queue.push_back(number);
        self.put_parcel(now, Parcel::Turn);
        Turn::Waits
    }

    /// The broker looks for the next turn then, if it does not already.
    fn look_for_turn(&mut self, at: Duration) {
        if self.the_broker().looks.replace(at) != Some(at) {
            self.put_parcel(at, Parcel::Turn);
        }
    }

    /// A request of the broker has ended, and the next may go.
    pub(super) fn turn_done(&mut self, number: u32, now: Duration, end: &End) {
        let broker = self.the_broker();
        broker.attempted(number, end);
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
        request: &Arc<TokenRequest>,
        now: Duration,
    ) -> Result<(), SimulateError> {
        let world = &mut self.world;
        let policy = world.the_broker().policy;
        let mut operation = Session::of_broker(number, policy, world.streams, now);
        operation.begin(world.token_query(request), Caller::Plain, now);
        self.sessions.add(operation);
        self.world.the_broker().queue.push_back(number);
        self.bound_turn(number, policy.deadline, now);
        self.take_turns(now)
    }

    /// An operation waits for its turn until its deadline.
    fn bound_turn(&mut self, number: u32, deadline: Option<Duration>, now: Duration) {
        match deadline {
            Some(Duration::ZERO) => self.give_up_turn(number, now),
            Some(deadline) => self
                .world
                .put_parcel(now + deadline, Parcel::TurnOver(number)),
            None => {}
        }
    }

    /// An operation of the broker ends if it still waits for its turn: its policy gives it no more time.
    pub(super) fn give_up_turn(&mut self, number: u32, now: Duration) {
        let broker = self.world.broker.as_mut();
        if let Some(end) = broker.and_then(|broker| broker.give_up_turn(number)) {
            self.world.land(number, now, &end);
            self.sessions.remove(number);
        }
    }

    /// The operations of the broker whose turn has come send their requests.
    pub(super) fn take_turns(&mut self, now: Duration) -> Result<(), SimulateError> {
        while let Some(turn) = self.world.the_broker().turn(now) {
            let number = match turn {
                Ok(number) => number,
                Err(at) => {
                    self.world.look_for_turn(at);
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

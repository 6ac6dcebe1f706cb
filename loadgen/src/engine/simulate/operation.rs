//! The operations of the IMDS client in virtual time: attempts are sent, land, and the policy decides.

use std::time::Duration;

use imds_client::acquire::Step;

use super::ended::{self, End};
use super::failure::{MOST_ATTEMPTS, SimulateError};
use super::session::{Caller, Session};
use super::simulation::{Simulation, World};
use super::turn::Turn;
use crate::record::RequestKind;
use crate::record::failure;
use crate::record::recorder::Recorder;
use crate::session::outcome::Kind;

impl<'s, R: Recorder> World<'s, R> {
    /// Sends attempts until one is admitted, the policy waits or the operation has ended.
    pub(super) fn send(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
    ) -> Result<Turn, SimulateError> {
        while session.attempts < MOST_ATTEMPTS {
            if let Some(turn) = self.hold_back(session, now)? {
                return Ok(turn);
            }
            session.start_attempt(now, &mut self.pending.connections);
            if session.is_brokers() {
                self.record.relays(now);
                let turn = self.arrive(session, now)?;
                return Ok(turn.unwrap_or_else(|| self.pace_again(session.id.session, now)));
            }
            self.record.sent(session.id, &session.sending(now));
            let turn = if session.asks_broker {
                self.ask_broker(session, now)?
            } else {
                self.arrive(session, now)?
            };
            if let Some(turn) = turn {
                return Ok(turn);
            }
        }
        let policy = session.policy().to_owned();
        Err(SimulateError::HardlyWaits { policy })
    }

    /// Ends an attempt. What the session does next; none: the next attempt follows at once.
    pub(super) fn conclude(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        end: &End,
    ) -> Result<Option<Turn>, SimulateError> {
        match self.settle(session, now, end) {
            Step::Send => Ok(None),
            step => self.carry_out(session, now, step, end).map(Some),
        }
    }

    /// Counts the end of an attempt and asks the policy what follows.
    fn settle(&mut self, session: &mut Session<'s>, now: Duration, end: &End) -> Step {
        if let Some(time_out) = session.time_out.take() {
            self.event_queue.cancel(time_out);
        }
        let attempt = session.end_attempt(now, end.answer);
        if session.is_brokers() {
            self.record.relayed(&attempt);
            self.turn_done(session.id.session, now, end);
        } else {
            self.record.answered(session.id, &attempt);
            self.give_turn_back(session, end);
        }
        session.decide(&end.outcome, now)
    }

    /// Ends an attempt from which its client has gone away.
    pub(super) fn end_unanswered(&mut self, session: &mut Session<'s>, now: Duration) {
        self.settle(session, now, &ended::timed_out());
    }

    /// Does what the policy says; what the session does next.
    pub(super) fn carry_out(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        step: Step,
        last: &End,
    ) -> Result<Turn, SimulateError> {
        let (step, instead) = self.share(session, now, (step, last));
        let last = instead.as_ref().unwrap_or(last);
        let done = match step {
            Step::Send if session.is_brokers() => {
                return Ok(self.pace_again(session.id.session, now));
            }
            Step::Send => return self.send(session, now),
            Step::WaitUntil(at) => {
                self.send_later(session, at);
                return Ok(Turn::Waits);
            }
            Step::Done | Step::Failed(_) if session.is_brokers() => {
                self.land(session.id.session, now, last);
                return Ok(Turn::Ends);
            }
            Step::Done => Ok(()),
            Step::Failed(reason) => {
                self.record.gave_up(session.id, reason);
                Err(failure::kind(&last.outcome))
            }
        };
        let (kind, caller) = session.end_operation();
        let got_token = done.is_ok() && kind == RequestKind::Token;
        if got_token {
            self.record.got_token(session.id, now, session.path);
        }
        Ok(match (caller, done) {
            (Caller::Plain, Err(kind)) => {
                session.plain().fails(kind);
                Turn::GoesOn
            }
            (Caller::Plain, Ok(())) => {
                if got_token {
                    session.plain().has_token(now, last.life(now));
                }
                Turn::GoesOn
            }
            (Caller::Metadata(script), done) => {
                Turn::asks(script.resume(now, done.map_err(Kind::into_owned)))
            }
            (Caller::Token(script), done) => {
                let got = done.map(|()| last.token(now));
                Turn::asks(script.resume(now, got.map_err(Kind::into_owned)))
            }
        })
    }
}

impl<R: Recorder> Simulation<'_, R> {
    /// An attempt ends after its time, unless its session has gone on without it.
    pub(super) fn end_attempt(
        &mut self,
        number: u32,
        attempt: u32,
        now: Duration,
        end: &End,
    ) -> Result<(), SimulateError> {
        self.on(number, |world, session| {
            if !session.waits_for(attempt) {
                return Ok(true);
            }
            let step = world.settle(session, now, end);
            let turn = world.carry_out(session, now, step, end)?;
            world.advance(session, now, turn)
        })
    }
}

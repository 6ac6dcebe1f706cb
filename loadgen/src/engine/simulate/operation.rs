//! The operations of the IMDS client in virtual time: attempts are sent, land, and the policy decides.

use std::time::Duration;

use imds_client::acquire::Step;

use super::agenda::Class;
use super::ended::End;
use super::event::Event;
use super::failure::{MOST_ATTEMPTS, SimulateError};
use super::session::{Asker, Session};
use super::world::World;
use crate::record::failure;
use crate::session::question::Question;

impl World<'_> {
    /// Sends attempts until one is admitted or the policy waits; or what the session asks when the
    /// operation has ended.
    pub(super) fn send(
        &mut self,
        session: &mut Session,
        now: Duration,
    ) -> Result<Option<Question>, SimulateError> {
        while session.attempts < MOST_ATTEMPTS {
            self.record.sent(session.who, &session.sending(now));
            let Some(end) = self.arrive(session, now) else {
                return Ok(None);
            };
            match self.settle(session, now, &end) {
                Step::Send => {}
                step => return self.carry_out(session, now, step, &end),
            }
        }
        let policy = self.scenario.groups[session.who.group].policy.name.clone();
        Err(SimulateError::HardlyWaits { policy })
    }

    /// An attempt ends after its time, unless its session has gone on without it.
    pub(super) fn land(
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
            let question = world.carry_out(session, now, step, end)?;
            world.go_on(session, now, question)
        })
    }

    /// Counts the end of an attempt and asks the policy what follows.
    fn settle(&mut self, session: &mut Session, now: Duration, end: &End) -> Step {
        if let Some(time_out) = session.take_time_out() {
            self.agenda.cancel(time_out);
        }
        let attempt = session.land(now, end.answer);
        self.record.answered(session.who, &attempt);
        session.decide(&end.outcome, now)
    }

    /// Does what the policy says; or what the session asks when the operation has ended.
    fn carry_out(
        &mut self,
        session: &mut Session,
        now: Duration,
        step: Step,
        last: &End,
    ) -> Result<Option<Question>, SimulateError> {
        let done = match step {
            Step::Send => return self.send(session, now),
            Step::WaitUntil(at) => {
                let send = Event::Send(session.who.session);
                self.agenda.put(at, Class::Arrival, send);
                return Ok(None);
            }
            Step::Done => Ok(()),
            Step::Failed(reason) => {
                self.record.gave_up(session.who, reason);
                Err(failure::kind(&last.outcome))
            }
        };
        Ok(Some(match session.end_operation() {
            Asker::Metadata(script) => script.resume(now, done),
            Asker::Token(script) => {
                if done.is_ok() {
                    self.record.got_token(session.who, now, session.path);
                }
                script.resume(now, done.map(|()| last.token(now)))
            }
        }))
    }
}

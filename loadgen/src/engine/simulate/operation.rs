//! The operations of the IMDS client in virtual time: attempts are sent, land, and the policy decides.

use std::time::Duration;

use imds_client::acquire::Step;

use super::ended::End;
use super::event::Event;
use super::event_queue::Class;
use super::failure::{MOST_ATTEMPTS, SimulateError};
use super::session::{Caller, Session};
use super::simulation::Simulation;
use crate::record::failure;
use crate::record::recorder::Recorder;
use crate::session::question::Question;

impl<R: Recorder> Simulation<'_, R> {
    /// Sends attempts until one is admitted or the policy waits; or what the session asks when the
    /// operation has ended.
    pub(super) fn send(
        &mut self,
        session: &mut Session,
        now: Duration,
    ) -> Result<Option<Question>, SimulateError> {
        while session.attempts < MOST_ATTEMPTS {
            self.record.sent(session.id, &session.sending(now));
            let Some(end) = self.arrive(session, now) else {
                return Ok(None);
            };
            match self.settle(session, now, &end) {
                Step::Send => {}
                step => return self.carry_out(session, now, step, &end),
            }
        }
        let policy = self.scenario.groups[session.id.group].policy.name.clone();
        Err(SimulateError::HardlyWaits { policy })
    }

    /// An attempt ends after its time, unless its session has gone on without it.
    pub(super) fn end_attempt(
        &mut self,
        number: u32,
        attempt: u32,
        now: Duration,
        end: &End,
    ) -> Result<(), SimulateError> {
        self.on(number, |simulation, session| {
            if !session.waits_for(attempt) {
                return Ok(true);
            }
            let step = simulation.settle(session, now, end);
            let question = simulation.carry_out(session, now, step, end)?;
            simulation.advance(session, now, question)
        })
    }

    /// Counts the end of an attempt and asks the policy what follows.
    fn settle(&mut self, session: &mut Session, now: Duration, end: &End) -> Step {
        if let Some(time_out) = session.take_time_out() {
            self.event_queue.cancel(time_out);
        }
        let attempt = session.end_attempt(now, end.answer);
        self.record.answered(session.id, &attempt);
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
                let send = Event::Send(session.id.session);
                self.event_queue.put(at, Class::Arrival, send);
                return Ok(None);
            }
            Step::Done => Ok(()),
            Step::Failed(reason) => {
                self.record.gave_up(session.id, reason);
                Err(failure::kind(&last.outcome))
            }
        };
        Ok(Some(match session.end_operation() {
            Caller::Metadata(script) => script.resume(now, done),
            Caller::Token(script) => {
                if done.is_ok() {
                    self.record.got_token(session.id, now, session.path);
                }
                script.resume(now, done.map(|()| last.token(now)))
            }
        }))
    }
}

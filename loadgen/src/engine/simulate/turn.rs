//! A session's turn in virtual time: it starts, or gets its answer, and asks on until it has to wait.

use std::ops::ControlFlow;
use std::time::Duration;

use super::agenda::Class;
use super::event::Event;
use super::failure::SimulateError;
use super::sent::Errand;
use super::session::{Asker, Session};
use super::world::{Alive, World};
use crate::engine::schedule::Start;
use crate::session::course::Course;
use crate::session::question::{Question, Suspended, WaitFor};

impl World<'_> {
    pub(super) fn start(&mut self, start: Start) -> Result<(), SimulateError> {
        self.record.started(start.who(), start.at, start.at);
        let group = &self.scenario.groups[start.group];
        let belongings = self.sharing.belongings(group.profile.as_ref());
        let chances = self.streams.of_session(start.session);
        let Course { progress, script } = Course::new(group, start.startup, belongings, chances);
        let mut session = Box::new(Session::new(start, group, progress, &self.streams));
        let alive = self.go_on(&mut session, start.at, script.resume(start.at, ()))?;
        self.keep(start.session, session, alive);
        Ok(())
    }

    /// Lets a session go on if it has asked something; it still waits for the answer before if not.
    pub(super) fn follow(
        &mut self,
        session: &mut Session,
        now: Duration,
        question: Option<Question>,
    ) -> Result<Alive, SimulateError> {
        match question {
            Some(question) => self.go_on(session, now, question),
            None => Ok(true),
        }
    }

    /// Does what the session asks for, until it has to wait or has ended.
    pub(super) fn go_on(
        &mut self,
        session: &mut Session,
        now: Duration,
        mut question: Question,
    ) -> Result<Alive, SimulateError> {
        loop {
            match self.answer(session, now, question)? {
                ControlFlow::Continue(next) => question = next,
                ControlFlow::Break(alive) => return Ok(alive),
            }
        }
    }

    /// Answers a question at once, if that can be: what the session asks next.
    fn answer(
        &mut self,
        session: &mut Session,
        now: Duration,
        question: Question,
    ) -> Result<ControlFlow<Alive, Question>, SimulateError> {
        let who = session.who;
        let next = match question {
            Question::Begin(step, script) => {
                self.record.began(who, &step, now);
                Some(script.resume(now, ()))
            }
            Question::Finish(step, script) => {
                self.record.finished(who, &step, now);
                Some(script.resume(now, ()))
            }
            Question::Note(fact, script) => {
                self.record.noted(who, &fact, now);
                Some(script.resume(now, ()))
            }
            Question::Manage(bearer, query) => {
                self.manage(session, now, &bearer, query);
                None
            }
            Question::Enter(domain, script) => self.enter_mutex(who, now, domain, script),
            Question::Leave(domain, script) => Some(self.leave_mutex(now, domain, script)),
            Question::Open(access, script) => Some(self.open_file(who, now, access, script)),
            Question::Close(write, script) => {
                Some(self.close_file(who, now, write.as_ref(), script))
            }
            Question::Token(request, script) => {
                session.begin(Errand::Token(request), Asker::Token(script), now);
                self.send(session, now)?
            }
            Question::Metadata(request, script) => {
                session.begin(Errand::metadata(&request), Asker::Metadata(script), now);
                self.send(session, now)?
            }
            Question::Wait(length, reason, script) => {
                self.wait(session, now, length, reason, script);
                None
            }
            Question::End(ending) => {
                self.end(who, &ending, now);
                return Ok(ControlFlow::Break(false));
            }
        };
        Ok(next.map_or(ControlFlow::Break(true), ControlFlow::Continue))
    }

    fn wait(
        &mut self,
        session: &mut Session,
        now: Duration,
        length: Duration,
        reason: WaitFor,
        script: Suspended<()>,
    ) {
        match reason {
            WaitFor::Script => session.path += length,
            WaitFor::Lock => {}
            WaitFor::Retry => self.record.waits(session.who, length),
        }
        let go_on = Event::GoOn((session.who.session, script));
        self.agenda
            .put(now.saturating_add(length), Class::Arrival, go_on);
    }
}

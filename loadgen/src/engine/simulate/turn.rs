//! The driver of a session in virtual time: answers its questions until it has to wait.

use std::time::Duration;

use super::event::Event;
use super::event_queue::Class;
use super::failure::SimulateError;
use super::sent::ImdsQuery;
use super::session::{Caller, Session};
use super::simulation::{Alive, Simulation};
use crate::engine::schedule::Start;
use crate::record::recorder::Recorder;
use crate::session::course::Course;
use crate::session::question::{Question, Suspended, WaitFor};

impl<R: Recorder> Simulation<'_, R> {
    pub(super) fn start(&mut self, start: Start) -> Result<(), SimulateError> {
        self.record.started(start.id(), start.at);
        let group = &self.scenario.groups[start.group];
        let process_state = self.sharing.process_state(group.azure_context.as_ref());
        let chances = self.streams.of_session(start.session);
        let Course { progress, script } = Course::new(group, start.startup, process_state, chances);
        let mut session = Box::new(Session::new(start, group, progress, &self.streams));
        if !self.vm.faults().is_empty() {
            session.name();
        }
        let first = script.resume(start.at, ());
        let alive = self.advance(&mut session, start.at, Some(first))?;
        self.keep(start.session, session, alive);
        Ok(())
    }

    /// Answers the questions of the session until it has to wait or has ended. Without a question it waits
    /// already.
    pub(super) fn advance(
        &mut self,
        session: &mut Session,
        now: Duration,
        mut next: Option<Question>,
    ) -> Result<Alive, SimulateError> {
        let id = session.id;
        while let Some(question) = next {
            next = match question {
                Question::Begin(step, script) => {
                    self.record.began(id, &step, now);
                    Some(script.resume(now, ()))
                }
                Question::Finish(step, script) => {
                    self.record.finished(id, &step, now);
                    Some(script.resume(now, ()))
                }
                Question::Note(fact, script) => {
                    self.record.noted(id, &fact, now);
                    Some(script.resume(now, ()))
                }
                Question::Manage(bearer, query) => {
                    self.manage(session, now, &bearer, query);
                    None
                }
                Question::Enter(domain, script) => {
                    let holds = self.store.enter(domain, (id.session, script));
                    holds.map(|(_, script)| script.resume(now, ()))
                }
                Question::Leave(domain, script) => Some(self.leave_mutex(now, domain, script)),
                Question::Open(access, script) => Some(self.open(id, now, access, script)),
                Question::Close(write, script) => Some(self.close(id, now, write.as_ref(), script)),
                Question::OpenSettings(script) => Some(self.open_settings(id, now, script)),
                Question::CloseSettings(script) => Some(self.close_settings(id, now, script)),
                Question::Token(request, script) => {
                    session.begin(ImdsQuery::Token(request), Caller::Token(script), now);
                    self.send(session, now)?
                }
                Question::Metadata(request, script) => {
                    session.begin(ImdsQuery::metadata(&request), Caller::Metadata(script), now);
                    self.send(session, now)?
                }
                Question::Wait(length, reason, script) => {
                    self.wait(session, now, length, reason, script);
                    None
                }
                Question::Work(work, length, script) => {
                    self.begin_work(session, now, (work, length), script);
                    None
                }
                Question::End(ending) => {
                    self.end(id, &ending, session.start, now);
                    return Ok(false);
                }
            };
        }
        Ok(true)
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
            WaitFor::Retry => self.record.waits(session.id, length),
        }
        let advance = Event::Resume(Box::new((session.id.session, script)));
        self.event_queue
            .put(now.saturating_add(length), Class::Arrival, advance);
    }
}

//! The driver of a session in virtual time: does what its script wants until it has to wait.

use std::time::Duration;

use super::event::{Event, Parcel};
use super::event_queue::Class;
use super::failure::SimulateError;
use super::sent::ImdsQuery;
use super::session::{Caller, Script, Session};
use super::simulation::{Alive, Simulation, World};
use crate::engine::schedule::Start;
use crate::record::recorder::Recorder;
use crate::session::course::Course;
use crate::session::plain::{Demand, PlainScript};
use crate::session::question::{Question, Suspended, WaitFor};

/// What a session does next.
pub(super) enum Turn {
    /// Its plain script goes on.
    GoesOn,
    /// It asks this, suspended. Boxed, since this is returned after each attempt, and few sessions are suspended.
    Asks(Box<Question>),
    /// It waits for an event.
    Waits,
    /// It has ended: an operation of the broker.
    Ends,
}

impl Turn {
    /// It asks this, suspended.
    pub(super) fn asks(question: Question) -> Self {
        Self::Asks(Box::new(question))
    }
}

impl<R: Recorder> Simulation<'_, R> {
    pub(super) fn start(&mut self, start: Start) -> Result<(), SimulateError> {
        let world = &mut self.world;
        world.record.started(start.id(), start.at);
        let (script, suspended) = world.script(start);
        let group = &world.scenario.groups[start.group];
        let session = Session::new(start, group, script, world.streams);
        self.sessions.add(session);
        match self.world.lines.join(start.id(), start.at, suspended) {
            Ok(()) => {
                self.world.record.came_to_gate(start.id());
                self.look(start.session, start.at)
            }
            Err(script) => self.begin(start.session, start.at, script),
        }
    }

    /// The script of a session begins: a plain one, unless there is another.
    pub(super) fn begin(
        &mut self,
        number: u32,
        now: Duration,
        script: Option<Suspended<()>>,
    ) -> Result<(), SimulateError> {
        let resume = |script: Suspended<()>| Turn::asks(script.resume(now, ()));
        let turn = script.map_or(Turn::GoesOn, resume);
        self.on(number, |world, session| world.advance(session, now, turn))
    }
}

impl<'s, R: Recorder> World<'s, R> {
    /// The script of a session that starts, and where it is suspended if it is not plain.
    fn script(&mut self, start: Start) -> (Script<'s>, Option<Suspended<()>>) {
        let group = &self.scenario.groups[start.group];
        let chances = self.streams.of_session(start.session);
        if self.plain[start.group] {
            let script = PlainScript::new(group, start.startup, chances);
            return (Script::Plain(script), None);
        }
        let process_state = self.sharing.process_state(group.azure_context.as_ref());
        let course = Course::new(group, start.startup, process_state, chances.detached());
        (Script::Suspended(course.progress), Some(course.script))
    }

    /// Does what the session wants until it has to wait or has ended.
    pub(super) fn advance(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        turn: Turn,
    ) -> Result<Alive, SimulateError> {
        match turn {
            Turn::GoesOn => self.play(session, now),
            Turn::Asks(question) => self.answer(session, now, *question),
            Turn::Waits => Ok(true),
            Turn::Ends => Ok(false),
        }
    }

    /// Plays the session's plain script.
    fn play(&mut self, session: &mut Session<'s>, now: Duration) -> Result<Alive, SimulateError> {
        let id = session.id;
        loop {
            let query = match session.plain().next(now) {
                Demand::Begin => {
                    self.record.began(id, session.plain().step(), now);
                    continue;
                }
                Demand::Finish(step) => {
                    self.record.finished(id, &step, now);
                    continue;
                }
                Demand::Token(request) => self.token_query(request),
                Demand::Metadata(request) => ImdsQuery::metadata(request),
                Demand::Wait(length, reason) => {
                    let at = self.wait(session, now, length, reason);
                    self.event_queue
                        .put(at, Class::Arrival, Event::GoOn(id.session));
                    return Ok(true);
                }
                Demand::Work(work, length) => {
                    self.begin_work(session, now, (work, length), None);
                    return Ok(true);
                }
                Demand::End(ending) => {
                    self.end(id, &ending, session.start, now);
                    return Ok(false);
                }
            };
            session.begin(query, Caller::Plain, now);
            if !matches!(self.ask_imds(session, now)?, Turn::GoesOn) {
                return Ok(true);
            }
        }
    }

    /// Answers the questions of a suspended session.
    fn answer(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        mut question: Question,
    ) -> Result<Alive, SimulateError> {
        let id = session.id;
        loop {
            let turn = match question {
                Question::Begin(step, script) => {
                    self.record.began(id, &step, now);
                    question = script.resume(now, ());
                    continue;
                }
                Question::Finish(step, script) => {
                    self.record.finished(id, &step, now);
                    question = script.resume(now, ());
                    continue;
                }
                Question::Note(fact, script) => {
                    self.record.noted(id, &fact, now);
                    question = script.resume(now, ());
                    continue;
                }
                Question::Manage(bearer, query) => {
                    self.manage(session, now, &bearer, query);
                    Turn::Waits
                }
                Question::Enter(domain, script) => self.enter_mutex(id, now, domain, script),
                Question::Leave(domain, script) => self.leave_mutex(now, domain, script),
                Question::Open(access, script) => self.open(id, now, access, script),
                Question::Close(write, script) => self.close(id, now, write.as_ref(), script),
                Question::OpenSettings(script) => self.open_settings(id, now, script),
                Question::CloseSettings(script) => self.close_settings(id, now, script),
                Question::Token(request, script) => {
                    session.begin(self.token_query(&request), Caller::Token(script), now);
                    self.ask_imds(session, now)?
                }
                Question::Metadata(request, script) => {
                    session.begin(ImdsQuery::metadata(&request), Caller::Metadata(script), now);
                    self.ask_imds(session, now)?
                }
                Question::Wait(length, why, script) => {
                    self.pause(session, now, (length, why), script)
                }
                Question::Work(work, length, script) => {
                    self.begin_work(session, now, (work, length), Some(script));
                    Turn::Waits
                }
                Question::End(ending) => {
                    self.end(id, &ending, session.start, now);
                    return Ok(false);
                }
            };
            match turn {
                Turn::Asks(next) => question = *next,
                Turn::GoesOn | Turn::Waits | Turn::Ends => return Ok(true),
            }
        }
    }

    /// A suspended session waits.
    fn pause(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        (length, why): (Duration, WaitFor),
        script: Suspended<()>,
    ) -> Turn {
        let at = self.wait(session, now, length, why);
        self.put_parcel(at, Parcel::Resume((session.id.session, script)));
        Turn::Waits
    }

    /// Notes that the session waits; until when.
    fn wait(
        &mut self,
        session: &mut Session<'s>,
        now: Duration,
        length: Duration,
        reason: WaitFor,
    ) -> Duration {
        match reason {
            WaitFor::Script => session.path += length,
            WaitFor::Lock => {}
            WaitFor::Retry => self.record.waits(session.id, length),
        }
        now.saturating_add(length)
    }
}

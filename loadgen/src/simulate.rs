//! Plays a scenario in virtual time: one loop over events, the same decisions as live.

mod agenda;
mod ended;
mod sent;
mod service;
mod session;

use std::time::Duration;

use imds_client::acquire::{Outcome, Step};
use imds_emulator::Vm;
use thiserror::Error;

use self::agenda::{Agenda, Class};
use self::service::Held;
use self::session::Session;
use crate::failure;
use crate::record::{Answer, Record};
use crate::result::{self, Mode, Raw};
use crate::sample::sample;
use crate::scenario::Scenario;
use crate::schedule::{Start, schedule};
use crate::script::Move;
use crate::streams::Streams;

/// Why a scenario cannot be played in virtual time.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// Refusals take no virtual time, so a client that hardly waits asks next to for ever.
    #[error(
        "one session made {MOST_ATTEMPTS} attempts with the policy \"{policy}\": \
         give its rules a longer delay, or a limit of retries"
    )]
    HardlyWaits {
        /// The policy's name.
        policy: String,
    },
}

/// So many attempts of one session show that its policy hardly waits: at ten a second they would take
/// three hours.
const MOST_ATTEMPTS: u32 = 100_000;

/// Plays the scenario to its end. One seed gives one result, byte for byte.
///
/// # Errors
/// If a policy hardly lets virtual time go on.
pub fn simulate(scenario: &Scenario) -> Result<Raw, SimulateError> {
    let mut world = World::new(scenario);
    while let Some((now, event)) = world.agenda.next() {
        if now > scenario.max_duration {
            break;
        }
        world.happen(now, event)?;
    }
    let cut_short = world
        .record
        .end(scenario.groups.iter().map(|group| group.count));
    let service_time = result::service_time(&world.record, world.vm.tally());
    Ok(Raw {
        mode: Mode::Simulated,
        target: None,
        record: world.record,
        service_time,
        cut_short,
    })
}

#[derive(Clone, Copy)]
enum Event {
    /// A session starts.
    Start(Start),
    /// A session goes on after a pause, or tries again after a wait.
    Wake(u32),
    /// The service time of a request ends.
    Depart { session: u32, attempt: u32 },
    /// The last piece of an answer that dripped has come.
    Received {
        session: u32,
        attempt: u32,
        end: (Outcome, Answer),
    },
    /// An attempt has taken as long as its client lets it.
    TimeOut { session: u32, attempt: u32 },
}

/// Whether a session goes on.
type Alive = bool;

struct World<'s> {
    scenario: &'s Scenario,
    streams: Streams,
    vm: Vm,
    held: Held,
    agenda: Agenda<Event>,
    /// The sessions that are alive, by number.
    sessions: Vec<Option<Box<Session>>>,
    record: Record,
}

impl<'s> World<'s> {
    fn new(scenario: &'s Scenario) -> Self {
        let streams = Streams::new(scenario.seed);
        let starts = schedule(scenario, &streams);
        let mut record = Record::new(scenario.groups.len());
        record.traces = sample(scenario, &starts, &streams);
        let sessions = starts.iter().map(|_| None).collect();
        let mut agenda = Agenda::new();
        for start in starts {
            agenda.put(start.at, Class::Arrival, Event::Start(start));
        }
        let vm = Vm::new(&scenario.imds);
        Self {
            scenario,
            streams,
            vm,
            held: Held::default(),
            agenda,
            sessions,
            record,
        }
    }

    fn happen(&mut self, now: Duration, event: Event) -> Result<(), SimulateError> {
        match event {
            Event::Start(start) => self.start(start),
            Event::Wake(number) => self.on(number, |world, session| world.wake(session, now)),
            Event::Depart { session, attempt } => self.depart(now, (session, attempt)),
            Event::Received {
                session,
                attempt,
                end,
            } => self.land(session, attempt, now, end),
            Event::TimeOut { session, attempt } => self.time_out(now, session, attempt),
        }
    }

    fn start(&mut self, start: Start) -> Result<(), SimulateError> {
        self.record.started(start.who(), start.at, start.at);
        let group = &self.scenario.groups[start.group];
        let mut session = Box::new(Session::new(start, group, &self.streams));
        let alive = self.go_on(&mut session, start.at)?;
        self.sessions[start.session as usize] = alive.then_some(session);
        Ok(())
    }

    /// Lets a session that is alive act; it is gone when the act says that it has ended.
    fn on(
        &mut self,
        number: u32,
        act: impl FnOnce(&mut Self, &mut Session) -> Result<Alive, SimulateError>,
    ) -> Result<(), SimulateError> {
        let Some(mut session) = self.sessions[number as usize].take() else {
            return Ok(());
        };
        let alive = act(self, &mut session)?;
        self.sessions[number as usize] = alive.then_some(session);
        Ok(())
    }

    fn wake(&mut self, session: &mut Session, now: Duration) -> Result<Alive, SimulateError> {
        if session.is_connecting() {
            self.send(session, now)
        } else {
            self.go_on(session, now)
        }
    }

    /// The next step of the script.
    fn go_on(&mut self, session: &mut Session, now: Duration) -> Result<Alive, SimulateError> {
        let next = session.cursor.advance();
        if next != Move::End {
            self.record.step(session.who, &next, now);
        }
        match next {
            Move::Connect(request) => {
                session.connect(request, now);
                self.send(session, now)
            }
            Move::Think(pause) => {
                session.path += pause;
                self.agenda.put(
                    now + pause,
                    Class::Arrival,
                    Event::Wake(session.who.session),
                );
                Ok(true)
            }
            Move::End => {
                self.record.succeeded(session.who, now);
                Ok(false)
            }
        }
    }

    /// Sends attempts until one is admitted, or the policy waits or gives up.
    fn send(&mut self, session: &mut Session, now: Duration) -> Result<Alive, SimulateError> {
        while session.attempts < MOST_ATTEMPTS {
            self.record.sent(session.who, &session.sending(now));
            let Some((outcome, answer)) = self.arrive(session, now) else {
                return Ok(true);
            };
            match self.settle(session, now, &outcome, answer) {
                Step::Send => {}
                step => return self.follow(session, now, step, &outcome),
            }
        }
        let policy = self.scenario.groups[session.who.group].policy.name.clone();
        Err(SimulateError::HardlyWaits { policy })
    }

    /// An attempt has taken too long for its client, if it is still on its way.
    fn time_out(&mut self, now: Duration, number: u32, attempt: u32) -> Result<(), SimulateError> {
        let session = self.sessions[number as usize].as_ref();
        if !session.is_some_and(|session| session.waits_for(attempt)) {
            return Ok(());
        }
        self.abandon(now, (number, attempt))?;
        self.land(number, attempt, now, ended::timed_out())
    }

    /// An attempt ends after its time, unless its session has gone on without it.
    fn land(
        &mut self,
        number: u32,
        attempt: u32,
        now: Duration,
        end: (Outcome, Answer),
    ) -> Result<(), SimulateError> {
        self.on(number, |world, session| {
            if !session.waits_for(attempt) {
                return Ok(true);
            }
            let (outcome, answer) = end;
            let step = world.settle(session, now, &outcome, answer);
            world.follow(session, now, step, &outcome)
        })
    }

    /// Counts the end of an attempt and asks the policy what follows.
    fn settle(
        &mut self,
        session: &mut Session,
        now: Duration,
        outcome: &Outcome,
        answer: Answer,
    ) -> Step {
        if let Some(time_out) = session.take_time_out() {
            self.agenda.cancel(time_out);
        }
        let attempt = session.land(now, answer);
        self.record.answered(session.who, &attempt);
        session.decide(outcome, now)
    }

    fn follow(
        &mut self,
        session: &mut Session,
        now: Duration,
        step: Step,
        last: &Outcome,
    ) -> Result<Alive, SimulateError> {
        match step {
            Step::Send => self.send(session, now),
            Step::WaitUntil(at) => {
                self.agenda
                    .put(at, Class::Arrival, Event::Wake(session.who.session));
                Ok(true)
            }
            Step::Done => {
                self.record.connected(session.who, session.step_began, now);
                self.record.own_path(session.path);
                self.go_on(session, now)
            }
            Step::Failed(_) => {
                self.record.connect_failed(session.who);
                let kind = failure::kind(last);
                self.record.failed(session.who, &kind, now);
                Ok(false)
            }
        }
    }
}

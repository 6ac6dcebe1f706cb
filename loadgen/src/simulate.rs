//! Plays a scenario in virtual time: one loop over events, the same decisions as live.

mod agenda;
mod ended;
mod leaving;
pub(crate) mod profile;
mod sent;
mod service;
mod session;

use std::collections::BTreeMap;
use std::time::Duration;

use imds_client::acquire::Step;
use imds_emulator::Vm;
use imds_emulator::resource_manager::ResourceManager;
use thiserror::Error;

use self::agenda::{Agenda, Class};
use self::ended::End;
use self::profile::Inquiry;
use self::sent::Errand;
use self::service::Held;
use self::session::{Asker, Session};
use crate::context::{Sharing, Store};
use crate::course::{Course, Question, Suspended, WaitFor};
use crate::failure;
use crate::record::Record;
use crate::result::{self, Mode, Raw};
use crate::sample::sample;
use crate::scenario::Scenario;
use crate::schedule::{Start, schedule};
use crate::streams::Streams;
use crate::succession::Successions;

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
    while world.awaited > 0
        && let Some((now, event)) = world.agenda.next()
    {
        if now > scenario.max_duration {
            world.record.ended_at = scenario.max_duration;
            break;
        }
        world.happen(now, event)?;
        world.now = now;
    }
    world.end_background();
    world.record.context.longest_queue = world.store.longest_queue();
    let cut_short = world.record.end(scenario.sizes(&world.record));
    let service_time = result::service_time(&world.record, world.vm.tally());
    Ok(Raw {
        mode: Mode::Simulated,
        target: None,
        record: world.record,
        service_time,
        cut_short,
    })
}

enum Event {
    /// A session starts.
    Start(Start),
    /// A session goes on: its pause is over, or it holds the mutex.
    GoOn(Waiter),
    /// A session sends the next attempt of its operation.
    Send(u32),
    /// The service time of a request ends.
    Depart { session: u32, attempt: u32 },
    /// The last piece of an answer that dripped has come.
    Received {
        session: u32,
        attempt: u32,
        end: End,
    },
    /// Resource Manager answers a session.
    Managed(u32, Box<Inquiry>),
    /// An attempt has taken as long as its client lets it.
    TimeOut { session: u32, attempt: u32 },
}

/// A session that waits for time to go by, or for the mutex, with its number.
type Waiter = (u32, Suspended<()>);

/// Whether a session goes on.
type Alive = bool;

struct World<'s> {
    scenario: &'s Scenario,
    streams: Streams,
    vm: Vm,
    manager: ResourceManager,
    store: Store<Waiter>,
    sharing: Sharing,
    held: Held,
    agenda: Agenda<Event>,
    /// The sessions that are alive, by number.
    sessions: BTreeMap<u32, Box<Session>>,
    record: Record,
    now: Duration,
    /// Sessions that have not ended and are not in the background; of a closed group its users who have
    /// not ended.
    awaited: usize,
    successions: Successions,
}

impl<'s> World<'s> {
    fn new(scenario: &'s Scenario) -> Self {
        let streams = Streams::new(scenario.seed);
        let starts = schedule(scenario, &streams);
        let mut record = Record::new(scenario.groups.iter().map(|group| group.background));
        record.traces = sample(scenario, &starts, &streams);
        let background = |start: &&Start| scenario.groups[start.group].background;
        let awaited = starts.iter().filter(|start| !background(start)).count();
        let successions = Successions::new(scenario, &starts);
        let mut agenda = Agenda::new();
        for start in starts {
            agenda.put(start.at, Class::Arrival, Event::Start(start));
        }
        let vm = Vm::new(&scenario.imds);
        Self {
            scenario,
            streams,
            vm,
            manager: ResourceManager::new(&scenario.imds),
            store: Store::new(scenario.context.saved.clone()),
            sharing: Sharing::default(),
            held: Held::default(),
            agenda,
            sessions: BTreeMap::new(),
            record,
            now: Duration::ZERO,
            awaited,
            successions,
        }
    }

    fn happen(&mut self, now: Duration, event: Event) -> Result<(), SimulateError> {
        match event {
            Event::Start(start) => self.start(start),
            Event::GoOn((number, script)) => self.on(number, |world, session| {
                world.go_on(session, now, Some(script.resume(now, ())))
            }),
            Event::Send(number) => self.on(number, |world, session| {
                let question = world.send(session, now)?;
                world.go_on(session, now, question)
            }),
            Event::Depart { session, attempt } => self.depart(now, (session, attempt)),
            Event::Received {
                session,
                attempt,
                end,
            } => self.land(session, attempt, now, &end),
            Event::Managed(number, inquiry) => self.on(number, |world, session| {
                let question = world.managed(session, now, *inquiry);
                world.go_on(session, now, Some(question))
            }),
            Event::TimeOut { session, attempt } => self.time_out(now, session, attempt),
        }
    }

    fn start(&mut self, start: Start) -> Result<(), SimulateError> {
        self.record.started(start.who(), start.at, start.at);
        let group = &self.scenario.groups[start.group];
        let belongings = self.sharing.belongings(group.profile.as_ref());
        let chances = self.streams.of_session(start.session);
        let Course { progress, script } = Course::new(group, start.startup, belongings, chances);
        let mut session = Box::new(Session::new(start, group, progress, &self.streams));
        let first = script.resume(start.at, ());
        let alive = self.go_on(&mut session, start.at, Some(first))?;
        self.keep(start.session, session, alive);
        Ok(())
    }

    fn keep(&mut self, number: u32, session: Box<Session>, alive: Alive) {
        if alive {
            self.sessions.insert(number, session);
        }
    }

    /// Lets a session that is alive act; it is gone when the act says that it has ended.
    fn on(
        &mut self,
        number: u32,
        act: impl FnOnce(&mut Self, &mut Session) -> Result<Alive, SimulateError>,
    ) -> Result<(), SimulateError> {
        let Some(mut session) = self.sessions.remove(&number) else {
            return Ok(());
        };
        let alive = act(self, &mut session)?;
        self.keep(number, session, alive);
        Ok(())
    }

    /// Does what the session asks for, until it has to wait or has ended. It waits already if it has asked
    /// nothing.
    fn go_on(
        &mut self,
        session: &mut Session,
        now: Duration,
        mut next: Option<Question>,
    ) -> Result<Alive, SimulateError> {
        let who = session.who;
        while let Some(question) = next {
            next = match question {
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
                Question::Enter(domain, script) => {
                    let holds = self.store.enter(domain, (who.session, script));
                    holds.map(|(_, script)| script.resume(now, ()))
                }
                Question::Leave(domain, script) => Some(self.leave_mutex(now, domain, script)),
                Question::Open(access, script) => {
                    let text = self.store.open(who.session, access).map(str::to_owned);
                    Some(script.resume(now, text))
                }
                Question::Close(write, script) => {
                    self.store.close(who.session, write.as_ref());
                    Some(script.resume(now, ()))
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
            WaitFor::Retry => self.record.waits(session.who, length),
        }
        let go_on = Event::GoOn((session.who.session, script));
        self.agenda
            .put(now.saturating_add(length), Class::Arrival, go_on);
    }

    /// Sends attempts until one is admitted or the policy waits; or what the session asks when the
    /// operation has ended.
    fn send(
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
    fn land(
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

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
use self::sent::Errand;
use self::service::Held;
use self::session::Session;
use crate::context::{Sharing, Store};
use crate::course::{Effect, Heard, Why};
use crate::failure;
use crate::record::{Asked, Record};
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
    /// A session goes on after a pause, or tries again after a wait.
    Wake(u32),
    /// The service time of a request ends.
    Depart { session: u32, attempt: u32 },
    /// The last piece of an answer that dripped has come.
    Received {
        session: u32,
        attempt: u32,
        end: End,
    },
    /// Resource Manager answers a session.
    Managed(u32),
    /// An attempt has taken as long as its client lets it.
    TimeOut { session: u32, attempt: u32 },
}

/// Whether a session goes on.
type Alive = bool;

struct World<'s> {
    scenario: &'s Scenario,
    streams: Streams,
    vm: Vm,
    manager: ResourceManager,
    store: Store,
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
        let vm = Vm::new(&scenario.imds.vm);
        Self {
            scenario,
            streams,
            vm,
            manager: ResourceManager::new(
                &scenario.imds.vm.tenant_id,
                &scenario.imds.resource_manager,
            ),
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
            Event::Wake(number) => self.on(number, |world, session| world.wake(session, now)),
            Event::Depart { session, attempt } => self.depart(now, (session, attempt)),
            Event::Received {
                session,
                attempt,
                end,
            } => self.land(session, attempt, now, &end),
            Event::Managed(number) => self.on(number, |world, session| {
                let heard = world.managed(session, now);
                world.go_on(session, now, heard)
            }),
            Event::TimeOut { session, attempt } => self.time_out(now, session, attempt),
        }
    }

    fn start(&mut self, start: Start) -> Result<(), SimulateError> {
        self.record.started(start.who(), start.at, start.at);
        let group = &self.scenario.groups[start.group];
        let belongings = self.sharing.belongings(group.profile.as_ref());
        let mut session = Box::new(Session::new(start, group, belongings, &self.streams));
        let alive = self.go_on(&mut session, start.at, Heard::Done)?;
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

    fn wake(&mut self, session: &mut Session, now: Duration) -> Result<Alive, SimulateError> {
        let heard = if session.is_asking() {
            self.send(session, now)?
        } else {
            Some(Heard::Done)
        };
        self.hear(session, now, heard)
    }

    /// Lets a session go on if there is something for it to hear.
    fn hear(
        &mut self,
        session: &mut Session,
        now: Duration,
        heard: Option<Heard>,
    ) -> Result<Alive, SimulateError> {
        match heard {
            Some(heard) => self.go_on(session, now, heard),
            None => Ok(true),
        }
    }

    /// Does what the session asks for, until it has to wait or has ended.
    fn go_on(
        &mut self,
        session: &mut Session,
        now: Duration,
        mut heard: Heard,
    ) -> Result<Alive, SimulateError> {
        let who = session.who;
        loop {
            let errand = match session.course.resume(now, heard) {
                Effect::Begin(step) => {
                    self.record.began(who, &step, now);
                    heard = Heard::Done;
                    continue;
                }
                Effect::Finish(step) => {
                    self.record.finished(who, &step, now);
                    heard = Heard::Done;
                    continue;
                }
                Effect::Note(fact) => {
                    self.record.noted(who, &fact, now);
                    heard = Heard::Done;
                    continue;
                }
                Effect::Manage(bearer, query) => {
                    self.manage(session, now, &bearer, &query);
                    return Ok(true);
                }
                Effect::Enter(domain) => {
                    if !self.enter_mutex(session, domain) {
                        return Ok(true);
                    }
                    heard = Heard::Done;
                    continue;
                }
                Effect::Leave(domain) => {
                    self.leave_mutex(now, domain);
                    heard = Heard::Done;
                    continue;
                }
                Effect::Open(access) => {
                    heard = self.open_file(session, access);
                    continue;
                }
                Effect::Close(write) => {
                    self.close_file(session, write.as_ref());
                    heard = Heard::Done;
                    continue;
                }
                Effect::Token(request) => Errand::Token(request),
                Effect::Metadata(request) => Errand::metadata(&request),
                Effect::Wait(length, why) => {
                    self.wait(session, now, length, why);
                    return Ok(true);
                }
                Effect::End(ending) => {
                    self.end(who, &ending, now);
                    return Ok(false);
                }
            };
            session.begin(errand, now);
            match self.send(session, now)? {
                Some(answer) => heard = answer,
                None => return Ok(true),
            }
        }
    }

    fn wait(&mut self, session: &mut Session, now: Duration, length: Duration, why: Why) {
        match why {
            Why::Itself => session.path += length,
            Why::Lock => {}
            Why::Retry => self.record.waits(session.who, length),
        }
        let wake = Event::Wake(session.who.session);
        self.agenda
            .put(now.saturating_add(length), Class::Arrival, wake);
    }

    /// Sends attempts until one is admitted or the policy waits; or what comes of the operation.
    fn send(
        &mut self,
        session: &mut Session,
        now: Duration,
    ) -> Result<Option<Heard>, SimulateError> {
        while session.attempts < MOST_ATTEMPTS {
            self.record.sent(session.who, &session.sending(now));
            let Some(end) = self.arrive(session, now) else {
                return Ok(None);
            };
            match self.settle(session, now, &end) {
                Step::Send => {}
                step => return self.follow(session, now, step, &end),
            }
        }
        let policy = self.scenario.groups[session.who.group].policy.name.clone();
        Err(SimulateError::HardlyWaits { policy })
    }

    /// An attempt has taken too long for its client, if it is still on its way.
    fn time_out(&mut self, now: Duration, number: u32, attempt: u32) -> Result<(), SimulateError> {
        let session = self.sessions.get(&number);
        if !session.is_some_and(|session| session.waits_for(attempt)) {
            return Ok(());
        }
        self.abandon(now, (number, attempt))?;
        self.land(number, attempt, now, &ended::timed_out())
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
            let heard = world.follow(session, now, step, end)?;
            world.hear(session, now, heard)
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

    fn follow(
        &mut self,
        session: &mut Session,
        now: Duration,
        step: Step,
        last: &End,
    ) -> Result<Option<Heard>, SimulateError> {
        let done = match step {
            Step::Send => return self.send(session, now),
            Step::WaitUntil(at) => {
                let wake = Event::Wake(session.who.session);
                self.agenda.put(at, Class::Arrival, wake);
                return Ok(None);
            }
            Step::Done => Ok(()),
            Step::Failed(reason) => {
                self.record.gave_up(session.who, reason);
                Err(failure::kind(&last.outcome))
            }
        };
        Ok(Some(match session.end_operation() {
            Asked::Metadata => Heard::Metadata(done),
            // Resource Manager is not asked in operations, which are the IMDS client's.
            Asked::Token | Asked::ResourceManager => {
                if done.is_ok() {
                    self.record.got_token(session.who, now, session.path);
                }
                Heard::Token(done.map(|()| last.token(now)))
            }
        }))
    }
}

//! The state of a run in virtual time.

use std::time::Duration;

use imds_emulator::Vm;
use imds_emulator::resource_manager::ResourceManager;

use super::event::{Event, SuspendedSession};
use super::event_queue::{Class, EventQueue};
use super::failure::SimulateError;
use super::pending::PendingRequests;
use super::session::Session;
use super::workplace::Workplace;
use crate::engine::schedule::{Start, schedule};
use crate::engine::streams::Streams;
use crate::engine::succession::Successions;
use crate::record::recorder::Recorder;
use crate::scenario::definition::Scenario;
use crate::session::lock::Store;
use crate::session::process::Sharing;

/// What happens next.
pub(super) enum Next {
    /// A session starts that is not after another.
    Start(Start),
    Event(Event),
}

/// Whether a session has not ended.
pub(super) type Alive = bool;

/// The whole state of a simulated run.
pub(super) struct Simulation<'s, R> {
    pub(super) scenario: &'s Scenario,
    pub(super) streams: Streams,
    pub(super) vm: Vm,
    /// Made when it is first asked.
    manager: Option<ResourceManager>,
    pub(super) store: Store<SuspendedSession>,
    pub(super) sharing: Sharing,
    pub(super) pending: PendingRequests,
    pub(super) event_queue: EventQueue<Event>,
    pub(super) workplace: Option<Workplace>,
    /// The sessions by number; none where one is not alive.
    pub(super) sessions: Vec<Option<Box<Session>>>,
    /// The sessions that are to start, but for those after others, in order, and how many have.
    pub(super) starts: Vec<Start>,
    started: usize,
    pub(super) record: R,
    pub(super) now: Duration,
    /// Sessions that have not ended and are not in the background; of a closed group its users that have
    /// not ended.
    pub(super) awaited: usize,
    pub(super) successions: Successions,
}

impl<'s, R: Recorder> Simulation<'s, R> {
    /// Nothing has happened yet; `record` makes the recorder for these starts.
    pub(super) fn new(
        scenario: &'s Scenario,
        seed: u64,
        record: impl FnOnce(&[Start], &Streams) -> R,
    ) -> Self {
        let streams = Streams::new(seed);
        let starts = schedule(scenario, &streams);
        let record = record(&starts, &streams);
        let background = |start: &&Start| scenario.groups[start.group].background;
        let awaited = starts.iter().filter(|start| !background(start)).count();
        let successions = Successions::new(scenario, &starts);
        let vm = Vm::new(&scenario.imds.vm);
        Self {
            scenario,
            streams,
            vm,
            manager: None,
            store: Store::new(scenario.context.saved.clone()),
            sharing: Sharing::default(),
            pending: PendingRequests::default(),
            event_queue: EventQueue::new(),
            workplace: scenario.cores.map(Workplace::new),
            sessions: Vec::new(),
            starts,
            started: 0,
            record,
            now: Duration::ZERO,
            awaited,
            successions,
        }
    }

    /// Resource Manager.
    pub(super) fn manager(&mut self) -> &mut ResourceManager {
        let imds = &self.scenario.imds;
        let manager = || ResourceManager::new(&imds.vm.tenant_id, &imds.resource_manager);
        self.manager.get_or_insert_with(manager)
    }

    /// Keeps a session that has not ended.
    pub(super) fn keep(&mut self, number: u32, session: Box<Session>, alive: Alive) {
        if !alive {
            return;
        }
        let index = number as usize;
        if index >= self.sessions.len() {
            self.sessions.resize_with(index + 1, || None);
        }
        self.sessions[index] = Some(session);
    }

    /// The next event. At one instant departures precede starts, and these all else that arrives.
    pub(super) fn next_event(&mut self) -> Option<(Duration, Next)> {
        let start = self.starts.get(self.started).copied();
        match start {
            Some(start) if !self.event_queue.precedes(start.at, Class::Departure) => {
                self.started += 1;
                Some((start.at, Next::Start(start)))
            }
            _ => {
                let (at, event) = self.event_queue.next()?;
                Some((at, Next::Event(event)))
            }
        }
    }

    /// A session that is alive.
    pub(super) fn session(&self, number: u32) -> Option<&Session> {
        self.sessions.get(number as usize)?.as_deref()
    }

    /// Applies `act` to a session that is alive, and removes the session if `act` returns that it has ended.
    pub(super) fn on(
        &mut self,
        number: u32,
        act: impl FnOnce(&mut Self, &mut Session) -> Result<Alive, SimulateError>,
    ) -> Result<(), SimulateError> {
        let session = self.sessions.get_mut(number as usize);
        let Some(mut session) = session.and_then(Option::take) else {
            return Ok(());
        };
        let alive = act(self, &mut session)?;
        self.keep(number, session, alive);
        Ok(())
    }
}

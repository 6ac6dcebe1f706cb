//! The state of a run in virtual time.

use std::collections::BTreeMap;
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

/// Whether a session has not ended.
pub(super) type Alive = bool;

/// The whole state of a simulated run.
pub(super) struct Simulation<'s, R> {
    pub(super) scenario: &'s Scenario,
    pub(super) streams: Streams,
    pub(super) vm: Vm,
    pub(super) manager: ResourceManager,
    pub(super) store: Store<SuspendedSession>,
    pub(super) sharing: Sharing,
    pub(super) pending: PendingRequests,
    pub(super) event_queue: EventQueue<Event>,
    pub(super) workplace: Option<Workplace>,
    /// The sessions that are alive, by number.
    pub(super) sessions: BTreeMap<u32, Box<Session>>,
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
        record: impl FnOnce(&[Start], &Streams) -> R,
    ) -> Self {
        let streams = Streams::new(scenario.seed);
        let starts = schedule(scenario, &streams);
        let record = record(&starts, &streams);
        let background = |start: &&Start| scenario.groups[start.group].background;
        let awaited = starts.iter().filter(|start| !background(start)).count();
        let successions = Successions::new(scenario, &starts);
        let mut event_queue = EventQueue::new();
        for start in starts {
            event_queue.put(start.at, Class::Arrival, Event::Start(start));
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
            pending: PendingRequests::default(),
            event_queue,
            workplace: scenario.cores.map(Workplace::new),
            sessions: BTreeMap::new(),
            record,
            now: Duration::ZERO,
            awaited,
            successions,
        }
    }

    /// Keeps a session that has not ended.
    pub(super) fn keep(&mut self, number: u32, session: Box<Session>, alive: Alive) {
        if alive {
            self.sessions.insert(number, session);
        }
    }

    /// Applies `act` to a session that is alive, and removes the session if `act` returns that it has ended.
    pub(super) fn on(
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
}

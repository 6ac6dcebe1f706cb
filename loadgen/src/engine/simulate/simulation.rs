//! The state of a run in virtual time.

use std::sync::Arc;
use std::time::Duration;

use imds_emulator::Vm;
use imds_emulator::resource_manager::ResourceManager;

use super::broker::Broker;
use super::cache::Cache;
use super::event::{Event, PackedEvent, Parcel, SuspendedSession};
use super::event_queue::{Class, EventQueue};
use super::failure::SimulateError;
use super::lines::Lines;
use super::paces::Paces;
use super::pending::PendingRequests;
use super::session::Session;
use super::sessions::Sessions;
use super::slab::Slab;
use super::tokens_wanted::TokensWanted;
use super::workplace::Workplace;
use crate::engine::schedule::{Start, schedule};
use crate::engine::streams::Streams;
use crate::engine::succession::Successions;
use crate::record::fleet::BudgetRefusals;
use crate::record::recorder::Recorder;
use crate::scenario::definition::Scenario;
use crate::session::lock::Store;
use crate::session::plain::is_plain;
use crate::session::process::Sharing;

/// What happens next.
pub(super) enum Next {
    /// A session starts that is not after another.
    Start(Start),
    Event(Event),
}

/// Fewer starts keep their memory.
const MANY: usize = 4096;

/// Whether a session has not ended.
pub(super) type Alive = bool;

/// The whole state of a simulated run: the sessions that are alive, and all the rest.
pub(super) struct Simulation<'s, R> {
    pub(super) world: World<'s, R>,
    pub(super) sessions: Sessions<'s>,
}

/// What a session meets, one at a time. Whatever concerns another one is an event.
pub(super) struct World<'s, R> {
    pub(super) scenario: &'s Scenario,
    pub(super) streams: &'s Streams,
    /// Of each group, whether the scripts of its sessions are plain.
    pub(super) plain: Vec<bool>,
    pub(super) vm: Vm,
    pub(super) tokens: TokensWanted,
    /// Made when it is first asked.
    pub(super) manager: Option<ResourceManager>,
    /// The principal of the VM's own identity, if it is another than the settings say.
    pub(super) principal: Option<Arc<str>>,
    /// What it refused for its budgets.
    pub(super) refused_by: BudgetRefusals,
    pub(super) store: Store<SuspendedSession>,
    pub(super) sharing: Sharing,
    pub(super) lines: Lines<'s>,
    pub(super) broker: Option<Broker<'s>>,
    /// What those share that go through the client's shared cache.
    pub(super) cache: Cache,
    pub(super) paces: Paces,
    pub(super) pending: PendingRequests<'s>,
    pub(super) event_queue: EventQueue<PackedEvent>,
    pub(super) parcels: Slab<Parcel>,
    pub(super) workplace: Option<Workplace>,
    /// The sessions that are still to start, but for those after others, the next one last.
    starts: Vec<Start>,
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
        streams: &'s Streams,
        record: impl FnOnce(&[Start]) -> R,
    ) -> Self {
        let mut starts = schedule(scenario, streams);
        let record = record(&starts);
        let background = |start: &&Start| scenario.groups[start.group].background;
        let awaited = starts.iter().filter(|start| !background(start)).count();
        let successions = Successions::new(scenario, &starts);
        let vm = Vm::new(&scenario.imds.vm).without_left();
        let sessions = Sessions::new(starts.len());
        starts.reverse();
        let world = World {
            scenario,
            streams,
            plain: scenario.groups.iter().map(is_plain).collect(),
            vm,
            tokens: TokensWanted::default(),
            manager: None,
            principal: None,
            refused_by: BudgetRefusals::default(),
            store: Store::new(scenario.context.saved.clone()),
            sharing: Sharing::default(),
            lines: Lines::new(scenario),
            broker: Broker::of(scenario, streams),
            cache: Cache::default(),
            paces: Paces::default(),
            pending: PendingRequests::default(),
            event_queue: EventQueue::new(),
            parcels: Slab::default(),
            workplace: scenario.cores.map(Workplace::new),
            starts,
            record,
            now: Duration::ZERO,
            awaited,
            successions,
        };
        Self { world, sessions }
    }

    /// Lets the world act on a session that is alive, and removes it if that returns that it has ended.
    pub(super) fn on(
        &mut self,
        number: u32,
        act: impl FnOnce(&mut World<'s, R>, &mut Session<'s>) -> Result<Alive, SimulateError>,
    ) -> Result<(), SimulateError> {
        if let Some(session) = self.sessions.get_mut(number)
            && !act(&mut self.world, session)?
        {
            self.sessions.remove(number);
        }
        Ok(())
    }
}

impl<R> World<'_, R> {
    /// Resource Manager.
    pub(super) fn manager(&mut self) -> &mut ResourceManager {
        let imds = &self.scenario.imds;
        let manager = || ResourceManager::new(&imds.vm.tenant_id, &imds.resource_manager);
        self.manager.get_or_insert_with(manager)
    }

    /// What takes more memory than an event happens then.
    pub(super) fn put_parcel(&mut self, at: Duration, parcel: Parcel) {
        let event = Event::Parcel(self.parcels.put(parcel));
        self.event_queue.put(at, Class::Arrival, event);
    }

    /// When something happens next, if anything does.
    pub(super) fn next_at(&self) -> Option<Duration> {
        let start = self.starts.last().map(|start| start.at);
        start.into_iter().chain(self.event_queue.next_at()).min()
    }

    /// The next event. At one instant departures precede starts, and these all else that arrives.
    pub(super) fn next_event(&mut self) -> Option<(Duration, Next)> {
        let event = match self.starts.last() {
            None => self.event_queue.next(),
            Some(start) => {
                let earlier = self.event_queue.next_until(start.at, Class::Departure);
                if earlier.is_none() {
                    return self.next_start();
                }
                earlier
            }
        };
        event.map(|(at, event)| (at, Next::Event(event.into())))
    }

    /// Many starts give their memory to the sessions that have started.
    fn next_start(&mut self) -> Option<(Duration, Next)> {
        let start = self.starts.pop()?;
        if self.starts.capacity() > MANY && self.starts.len() < self.starts.capacity() / 2 {
            self.starts.shrink_to_fit();
        }
        Some((start.at, Next::Start(start)))
    }
}

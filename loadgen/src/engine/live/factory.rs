//! Makes live sessions, and runs those of one user one after the other.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use imds_client::{SingleConnection, SingleConnections};
use tokio::sync::broadcast;

use super::broker::LiveBroker;
use super::client::{CacheFolder, SessionClient};
use super::context::LiveContext;
use super::context_file::LiveContextFile;
use super::failure::LiveError;
use super::gates::{GateFolder, LiveGate};
use super::manager::Manager;
use super::processor::LiveProcessor;
use super::service::Service;
use super::session::LiveSession;
use super::shared::Shared;
use super::watch::Watch;
use crate::engine::schedule::Start;
use crate::engine::streams::Streams;
use crate::engine::succession::Successions;
use crate::record::SessionId;
use crate::scenario::definition::Group;
use crate::session::process::Sharing;

/// The header for the number of the session, as results have it.
const SESSION: &str = "x-imds-emulator-session";

const UNHARMED: &str = "no holder of the lock panics";

/// Makes sessions; those of closed groups are made during the run.
pub(super) struct SessionFactory {
    pub(super) groups: Vec<Group>,
    pub(super) service: Service,
    pub(super) connections: SingleConnections,
    pub(super) streams: Streams,
    pub(super) record: Shared,
    pub(super) context_file: Arc<LiveContextFile>,
    pub(super) processor: Option<Arc<LiveProcessor>>,
    pub(super) gates: Option<GateFolder>,
    pub(super) cache: Option<CacheFolder>,
    pub(super) broker: Option<LiveBroker>,
    pub(super) sharing: Mutex<Sharing>,
    pub(super) successions: Mutex<Successions>,
}

impl SessionFactory {
    /// The session of this start.
    pub(super) fn session(&self, start: Start) -> Result<LiveSession, LiveError> {
        let group = &self.groups[start.group];
        let record = self.record.clone();
        let mut sharing = self.sharing.lock().expect(UNHARMED);
        let process_state = sharing.process_state(group.azure_context.as_ref());
        drop(sharing);
        let client = self.client(start)?;
        let session = LiveSession::new(start, group, client, process_state, &self.streams, record);
        let session = session
            .with_processor(self.processor.clone())
            .with_gate(self.gate(start));
        match (&group.azure_context, &self.service.manager) {
            (Some(_), Some(url)) => {
                let context = LiveContext::new(Manager::new(url)?, Arc::clone(&self.context_file));
                Ok(session.with_context(context))
            }
            _ => Ok(session),
        }
    }

    /// The session's way through the gate of its group, if there is one.
    fn gate(&self, start: Start) -> Option<LiveGate> {
        let gate = self.groups[start.group].through.as_ref()?.gate()?;
        let rng = self.streams.gate(start.session).into_generator();
        Some(self.gates.as_ref()?.way(gate, rng))
    }

    /// The client of a session.
    fn client(&self, start: Start) -> Result<SessionClient, LiveError> {
        let (group, streams) = (&self.groups[start.group], &self.streams);
        let transport = self.transport(start)?;
        let options = group.client_options();
        let shares = options.is_some_and(|options| options.shared_cache);
        let folder = self.cache.as_ref().filter(|_| shares);
        let cache = folder.map(|folder| folder.open(&self.service.endpoint));
        let cache = cache.transpose().map_err(LiveError::Cache)?;
        Ok(SessionClient::new(
            transport,
            options.is_some_and(|options| options.pace),
            (Arc::clone(&group.policy), cache),
            streams.policy(start.session).into_generator(),
            streams.sharing(start.session).into_generator(),
        ))
    }

    /// What carries a session's requests. To the run's own emulator, and to no other service, they carry the
    /// session's number, so that faults can match it.
    fn transport(&self, start: Start) -> Result<SingleConnection, LiveError> {
        let broker = self.broker.as_ref();
        let broker = broker.filter(|_| self.groups[start.group].broker().is_some());
        let connections = broker.map_or(&self.connections, |broker| &broker.connections);
        let transport = connections.transport();
        if !self.service.embedded || broker.is_some() {
            return Ok(transport);
        }
        let transport = transport.with_header(SESSION, &start.session.to_string());
        transport.map_err(|error| LiveError::Client(error.to_string()))
    }

    /// The next session of the same user after `id` ended at `ended`, if there is one.
    fn after(&self, id: SessionId, ended: Duration) -> Option<Result<LiveSession, LiveError>> {
        let mut successions = self.successions.lock().expect(UNHARMED);
        let start = successions.after(id, ended)?;
        drop(successions);
        Some(self.session(start))
    }

    /// When the run is ended at the latest, by the sessions that have begun so far.
    pub(super) fn end(&self) -> Duration {
        let admitted = self.record.lock().last_admitted;
        let mut successions = self.successions.lock().expect(UNHARMED);
        if let Some(at) = admitted {
            successions.put_off(at);
        }
        successions.end()
    }
}

/// Runs a session and those that follow it, until they have ended or the sender of `leave` is dropped.
pub(super) async fn run_sessions(
    factory: Arc<SessionFactory>,
    first: LiveSession,
    watch: Watch,
    mut leave: broadcast::Receiver<()>,
) -> Result<(), LiveError> {
    let mut session = first;
    loop {
        let id = session.id();
        let leave = async { drop(leave.recv().await) };
        session.run(watch, leave).await?;
        match factory.after(id, watch.now()) {
            Some(next) => session = next?,
            None => return Ok(()),
        }
    }
}

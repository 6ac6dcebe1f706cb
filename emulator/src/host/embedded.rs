//! The emulator inside another program, for tests and for the load generator.

mod session_ports;
mod vm;

use std::fmt;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::host::isolation::Network;
use crate::host::server::{self, Listeners, StartError};
use crate::model::fault::{Fault, FaultReport};
use crate::model::limit::Limits;
use crate::model::resource_manager;
use crate::model::tally::Tally;
use crate::observe::journal::{CommandCount, Entry, Filter, StubEntry, Unmatched};
use crate::observe::verify::Report;
use crate::serve::fleet::Fleet;

pub use session_ports::SessionPorts;
pub use vm::EmulatedVm;

use session_ports::Opened;

/// A running emulator. Dropped without [`Emulator::stop`], it stops by itself a little later: also when a
/// test panics, and also outside a runtime. It serves for as long as the runtime that it was started in.
pub struct Emulator {
    first: EmulatedVm,
    fleet: Arc<Fleet>,
    imds_url: String,
    admin_url: String,
    resource_manager_url: Option<String>,
    opened: Opened,
    /// Dropping it is the signal.
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator at `config.listen` and `config.admin_listen`; see
    /// [`Config::with_free_ports`] for many at once.
    ///
    /// A VM that `POST /vms` makes later has the settings of the document that `config` was read from,
    /// not what code has changed in `config` since.
    ///
    /// # Errors
    /// When an address cannot be bound.
    pub async fn start(config: Config) -> Result<Emulator, StartError> {
        let listeners = Listeners::bind(&config).await?;
        let imds_url = format!("http://{}", listeners.imds_address());
        let admin_url = format!("http://{}", listeners.admin_address());
        let resource_manager = listeners.resource_manager_address();
        let resource_manager_url = resource_manager.map(|address| format!("http://{address}"));
        let (fleet, admin, resource_manager) = listeners.open(config, None);
        let first = EmulatedVm::new(&fleet, Arc::clone(fleet.first()));
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { drop(stopped.await) };
        let served = tokio::spawn(server::run(
            Arc::clone(&fleet),
            admin,
            resource_manager,
            shutdown,
        ));
        Ok(Emulator {
            first,
            fleet,
            imds_url,
            admin_url,
            resource_manager_url,
            opened: Opened::default(),
            stop,
            served,
        })
    }

    /// `http://address:port` of the IMDS port, without a slash at the end.
    #[must_use]
    pub fn imds_url(&self) -> String {
        self.imds_url.clone()
    }

    /// `http://address:port` of the administration port, without a slash at the end.
    #[must_use]
    pub fn admin_url(&self) -> String {
        self.admin_url.clone()
    }

    /// `http://address:port` of the stub of Resource Manager, if it is enabled; no slash at the end.
    #[must_use]
    pub fn resource_manager_url(&self) -> Option<String> {
        self.resource_manager_url.clone()
    }

    /// What each identity has asked of the stub of Resource Manager, and what became of it.
    #[must_use]
    pub fn resource_manager_tally(&self) -> resource_manager::Tally {
        let stub = self.fleet.resource_manager();
        stub.look(|manager| manager.tally().clone())
    }

    /// The latest requests to the stub of Resource Manager, oldest first; it never holds a token.
    #[must_use]
    pub fn resource_manager_journal(&self) -> Vec<StubEntry> {
        let observer = self.fleet.resource_manager().observer();
        let entries = observer.entries(Filter::ALL).into_iter();
        entries.map(Arc::unwrap_or_clone).collect()
    }

    /// How many requests to it came before those and are kept no more.
    #[must_use]
    pub fn resource_manager_forgotten(&self) -> u64 {
        let observer = self.fleet.resource_manager().observer();
        observer.journal().forgotten()
    }

    /// How many requests each cmdlet of Azure PowerShell has sent to the stub of Resource Manager, by
    /// status, since the start or the latest reset.
    #[must_use]
    pub fn resource_manager_commands(&self) -> Vec<CommandCount> {
        let observer = self.fleet.resource_manager().observer();
        observer.counts().commands()
    }

    /// The requests that the stub of Resource Manager does not serve, each with the configuration that
    /// answers it, since the start or the latest reset.
    #[must_use]
    pub fn resource_manager_unmatched(&self) -> Vec<Unmatched> {
        let observer = self.fleet.resource_manager().observer();
        observer.counts().list_unmatched()
    }

    /// The VM of that name, be it of `config.vms` or made since; the first is called `default`, and
    /// what can be asked of it can be asked of the emulator itself.
    #[must_use]
    pub fn vm(&self, name: &str) -> Option<EmulatedVm> {
        let service = self.fleet.find(name)?;
        Some(EmulatedVm::new(&self.fleet, service))
    }

    /// All VMs, the first before the others, those in the order of their names.
    #[must_use]
    pub fn vms(&self) -> Vec<EmulatedVm> {
        let all = self.fleet.all().into_iter();
        all.map(|service| EmulatedVm::new(&self.fleet, service))
            .collect()
    }

    /// Opens further ports for one session of that VM: one of IMDS and, if it is served, one of Resource
    /// Manager's stub. Each request that comes there is of the session, in the journals, for faults and for
    /// the verification, unless its header names another. Limits, tokens and faults are the VM's. The ports are
    /// free ones of the addresses that the others have, and serve until the emulator stops.
    ///
    /// # Errors
    /// When no port can be bound.
    ///
    /// # Panics
    /// If `session` is no value of a header.
    pub fn open_ports(&self, vm: &EmulatedVm, session: &str) -> Result<SessionPorts, StartError> {
        let service = Arc::clone(&vm.service);
        self.opened.open(&self.fleet, service, session, None)
    }

    /// The same in another network: IMDS is at the metadata address there.
    ///
    /// # Errors
    /// When no port can be bound.
    ///
    /// # Panics
    /// If `session` is no value of a header.
    pub fn open_ports_in(
        &self,
        network: &Network,
        vm: &EmulatedVm,
        session: &str,
    ) -> Result<SessionPorts, StartError> {
        let service = Arc::clone(&vm.service);
        self.opened
            .open(&self.fleet, service, session, Some(network))
    }

    /// What it has done so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.first.tally()
    }

    /// Changes the limits from now on. Slots in use and waiting requests stay as they are.
    pub fn set_limits(&self, limits: &Limits) {
        self.first.set_limits(limits);
    }

    /// Adds a fault, whose times begin now.
    pub fn inject(&self, fault: Fault) {
        self.first.inject(fault);
    }

    /// Which faults have struck, and which never did.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultReport> {
        self.first.faults()
    }

    /// The latest requests, oldest first; it never holds a token.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.first.journal()
    }

    /// The verification of the clients, as far as the journal goes.
    #[must_use]
    pub fn verify(&self) -> Report {
        self.first.verify()
    }

    /// Resets its first VM and the stub of Resource Manager; requests that are being served are answered at
    /// once.
    pub fn reset(&self) {
        self.first.reset();
    }

    /// Waits until it can sign tokens. Requests before that are served, but wait for the key.
    pub async fn ready(&self) {
        self.first.service.token_issuer().ready().await;
    }

    /// Stops it; answers in flight have a second to finish.
    ///
    /// # Panics
    /// When the server panicked.
    pub async fn stop(self) {
        drop(self.stop);
        self.opened.close().await;
        self.served.await.expect("the server does not panic");
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Emulator");
        shown.field("imds_url", &self.imds_url);
        shown.field("admin_url", &self.admin_url);
        shown.finish_non_exhaustive()
    }
}

//! The emulator inside another program, for tests and for the load generator.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::fault::{Fault, FaultReport};
use crate::journal::{Entry, Filter};
use crate::limit::Limits;
use crate::resource_manager;
use crate::server::{self, Listeners, StartError};
use crate::service::Service;
use crate::tally::Tally;
use crate::verify::{Report, verify};

/// A running emulator. Dropped without [`Emulator::stop`], it stops by itself a little later.
pub struct Emulator {
    service: Arc<Service>,
    imds_url: String,
    admin_url: String,
    resource_manager_url: Option<String>,
    /// Dropping it is the signal.
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Emulator {
    /// Starts an emulator at `config.listen` and `config.admin_listen`.
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
        let service = Arc::clone(fleet.first());
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async { drop(stopped.await) };
        let served = tokio::spawn(server::run(fleet, admin, resource_manager, shutdown));
        Ok(Emulator {
            service,
            imds_url,
            admin_url,
            resource_manager_url,
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

    /// Who has asked the stub of Resource Manager for what, and what became of it.
    #[must_use]
    pub fn resource_manager_tally(&self) -> resource_manager::Tally {
        self.service
            .resource_manager()
            .look(|manager| manager.tally().clone())
    }

    /// What it has done so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.service.vm().tally().clone()
    }

    /// Changes the limits from now on. Slots in use and those who wait stay as they are.
    pub fn set_limits(&self, limits: &Limits) {
        self.service.set_limits(limits.clone());
    }

    /// Adds a fault, whose times begin now.
    pub fn inject(&self, fault: Fault) {
        self.service.inject(fault);
    }

    /// Which faults have struck, and which never did.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultReport> {
        self.service.vm().faults().report()
    }

    /// The latest requests, oldest first; it never holds a token.
    #[must_use]
    pub fn journal(&self) -> Vec<Entry> {
        self.service.observer().journal().select(&Filter::ALL)
    }

    /// How well the clients behaved, as far as the journal goes.
    #[must_use]
    pub fn verify(&self) -> Report {
        verify(&self.journal())
    }

    /// Makes it as if it had never been asked anything; those being served are answered at once.
    pub fn reset(&self) {
        self.service.reset();
    }

    /// Waits until it can sign tokens. Requests before that are served, but wait for the key.
    pub async fn ready(&self) {
        self.service.mint().ready().await;
    }

    /// Stops it; answers in flight have a second to finish.
    ///
    /// # Panics
    /// When the server panicked.
    pub async fn stop(self) {
        drop(self.stop);
        self.served
            .await
            .expect("the server ends when it is told to");
    }
}

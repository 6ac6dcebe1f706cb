//! All ports together: bound first, then served until the stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::admin;
use crate::config::reload::Reload;
use crate::config::{Config, FIRST};
use crate::serve::bind::bind;
use crate::serve::fleet::Fleet;
use crate::serve::resource_manager::listener::{self, StubListener};

pub use crate::serve::bind::StartError;

/// Every port, bound.
#[derive(Debug)]
pub struct Listeners {
    imds: TcpListener,
    admin: TcpListener,
    imds_address: SocketAddr,
    admin_address: SocketAddr,
    /// In the order of the configuration.
    vms: Vec<(String, TcpListener, SocketAddr)>,
    resource_manager: Option<StubListener>,
}

impl Listeners {
    /// Binds `config.listen` and `config.admin_listen`, and a port for each of `config.vms`;
    /// and that of Resource Manager if its stub is enabled.
    ///
    /// # Errors
    /// When an address cannot be bound: it is in use, or not this machine's; or when a certificate
    /// cannot be written where it is wanted.
    pub async fn bind(config: &Config) -> Result<Listeners, StartError> {
        let (imds, imds_address) = bind("IMDS", config.listen)?;
        let (admin, admin_address) = bind("the administration port", config.admin_listen)?;
        let mut vms = Vec::new();
        for vm in &config.vms {
            let (listener, address) = bind("IMDS", vm.wanted(config.listen))?;
            vms.push((vm.name.clone(), listener, address));
        }
        let resource_manager = StubListener::bind(&config.resource_manager).await?;
        Ok(Listeners {
            imds,
            admin,
            imds_address,
            admin_address,
            vms,
            resource_manager,
        })
    }

    /// Serves every VM of the configuration that these were bound for; the administration port and
    /// that of Resource Manager are handed back.
    pub(crate) fn open(
        self,
        config: Config,
        reload: Option<Reload>,
    ) -> (Arc<Fleet>, TcpListener, Option<StubListener>) {
        let resource_manager = self.resource_manager_address();
        let mut config = Config {
            listen: self.imds_address,
            admin_listen: self.admin_address,
            ..config
        };
        if let Some(address) = resource_manager {
            config.resource_manager.listen = address;
        }
        let vms = std::mem::take(&mut config.vms);
        let fleet = Fleet::new(config, reload, self.imds);
        if let Some(listener) = &self.resource_manager {
            fleet.resource_manager().served_with(listener.tls());
        }
        for (vm, (_, listener, address)) in vms.into_iter().zip(self.vms) {
            fleet.add_of_file(vm, listener, address);
        }
        (Arc::new(fleet), self.admin, self.resource_manager)
    }

    /// Where the first VM's IMDS is served.
    #[must_use]
    pub fn imds_address(&self) -> SocketAddr {
        self.imds_address
    }

    /// Where the administration port is.
    #[must_use]
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// Where the stub of Resource Manager is, if there is one.
    #[must_use]
    pub fn resource_manager_address(&self) -> Option<SocketAddr> {
        self.resource_manager.as_ref().map(StubListener::address)
    }

    /// Where each VM's IMDS is served, by name; the first VM comes first.
    pub fn vms(&self) -> impl Iterator<Item = (&str, SocketAddr)> {
        let vms = self
            .vms
            .iter()
            .map(|(name, _, address)| (name.as_str(), *address));
        std::iter::once((FIRST, self.imds_address)).chain(vms)
    }
}

/// Serves every port until `shutdown` is ready; answers in flight then have a second to finish.
///
/// `reload` reads the configuration again when the administration port is asked to.
pub async fn serve(
    listeners: Listeners,
    config: Config,
    reload: Option<Reload>,
    shutdown: impl Future<Output = ()>,
) {
    let (fleet, admin, resource_manager) = listeners.open(config, reload);
    run(fleet, admin, resource_manager, shutdown).await;
}

pub(crate) async fn run(
    fleet: Arc<Fleet>,
    admin: TcpListener,
    resource_manager: Option<StubListener>,
    shutdown: impl Future<Output = ()>,
) {
    let (stop, stopped) = watch::channel(());
    let stopping = async {
        shutdown.await;
        drop(stop);
        fleet.close().await;
    };
    let resource_manager = async {
        if let Some(listener) = resource_manager {
            let stub = Arc::clone(fleet.resource_manager());
            listener::serve(listener.into_listener(), stub, None, stopped.clone()).await;
        }
    };
    let admin = admin::serve(admin, Arc::clone(&fleet), stopped.clone());
    tokio::join!(admin, resource_manager, stopping);
}

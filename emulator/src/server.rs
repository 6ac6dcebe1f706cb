//! Both ports together: bound first, then served until told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::config::Config;
use crate::fault::FaultReport;
use crate::reload::Reload;
use crate::service::Service;
use crate::{admin, http};

/// How long answers in flight may still take after the stop.
pub(crate) const GRACE: Duration = Duration::from_secs(1);

/// Both ports, bound.
#[derive(Debug)]
pub struct Listeners {
    imds: TcpListener,
    admin: TcpListener,
    imds_address: SocketAddr,
    admin_address: SocketAddr,
}

impl Listeners {
    /// Binds `config.listen` and `config.admin_listen`.
    ///
    /// # Errors
    /// When an address cannot be bound: it is in use, or not this machine's.
    pub async fn bind(config: &Config) -> Result<Listeners, StartError> {
        let (imds, imds_address) = bind("IMDS", config.listen).await?;
        let (admin, admin_address) = bind("the administration port", config.admin_listen).await?;
        Ok(Listeners {
            imds,
            admin,
            imds_address,
            admin_address,
        })
    }

    /// The configuration with the addresses that were really bound.
    pub(crate) fn bound(&self, config: Config) -> Config {
        Config {
            listen: self.imds_address,
            admin_listen: self.admin_address,
            ..config
        }
    }

    /// Where IMDS is served.
    #[must_use]
    pub fn imds_address(&self) -> SocketAddr {
        self.imds_address
    }

    /// Where the administration port is.
    #[must_use]
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }
}

async fn bind(
    role: &'static str,
    wanted: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = async {
        let listener = TcpListener::bind(wanted).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|source| StartError::Bind {
        role,
        address: wanted,
        source,
    })
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address could not be bound.
    #[error("cannot serve {role} at {address}")]
    Bind {
        /// What was to be served there.
        role: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
}

/// Serves both ports until `shutdown` is ready; answers in flight then have a second to finish.
///
/// `reload` reads the configuration again when the administration port is asked to.
pub async fn serve(
    listeners: Listeners,
    config: Config,
    reload: Option<Reload>,
    shutdown: impl Future<Output = ()>,
) {
    let service = Service::new(listeners.bound(config), reload);
    run(listeners, Arc::new(service), shutdown).await;
}

pub(crate) async fn run(
    listeners: Listeners,
    service: Arc<Service>,
    shutdown: impl Future<Output = ()>,
) {
    let (stop, stopped) = watch::channel(());
    let stopping = async {
        shutdown.await;
        drop(stop);
    };
    tokio::join!(
        http::serve(listeners.imds, Arc::clone(&service), stopped.clone()),
        admin::serve(listeners.admin, Arc::clone(&service), stopped),
        stopping,
    );
    tell(&service.vm().faults().report());
    service.clean_up();
}

/// A fault that never struck is a test that did not test it.
fn tell(faults: &[FaultReport]) {
    for FaultReport {
        name,
        effect,
        seen,
        struck,
        ..
    } in faults
    {
        if *struck == 0 {
            warn!(name, effect, seen, "a planned fault never struck");
        } else {
            info!(name, effect, seen, struck, "a planned fault struck");
        }
    }
}

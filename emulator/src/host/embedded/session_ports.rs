//! Further ports of an embedded emulator, each for one session: so that a request names its session although
//! its client sends no header for it. A prefix in the path would not do: most clients replace the whole path of
//! the address that they are given.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::HeaderValue;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::host::isolation::{METADATA_ADDRESS, Network};
use crate::serve::bind::{StartError, bind};
use crate::serve::fleet::Fleet;
use crate::serve::http;
use crate::serve::resource_manager::listener;
use crate::serve::service::Service;

/// The URL of the metadata address, as clients have it built in.
const METADATA_URL: &str = "http://169.254.169.254";

/// Where one session asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPorts {
    /// `http://address:port` of IMDS, without a slash at the end.
    pub imds_url: String,
    /// The same of the stub of Resource Manager, if it is served.
    pub resource_manager_url: Option<String>,
}

/// The ports that were opened. Dropped, they are closed at once.
#[derive(Debug)]
pub(super) struct Opened {
    /// Dropping it is the signal.
    stop: watch::Sender<()>,
    served: Mutex<JoinSet<()>>,
}

impl Opened {
    pub(super) fn open(
        &self,
        fleet: &Fleet,
        service: Arc<Service>,
        session: &str,
        network: Option<&Network>,
    ) -> Result<SessionPorts, StartError> {
        let session = HeaderValue::from_str(session).expect("a session is a value of a header");
        let wanted = match network {
            Some(_) => METADATA_ADDRESS,
            None => (service.addresses().imds.ip(), 0).into(),
        };
        let (imds, address) = bind_in(network, "IMDS", wanted)?;
        let serving = http::serve(imds, service, Some(session.clone()), self.stop.subscribe());
        self.served().spawn(serving);
        let manager = self.open_manager(fleet, session, network)?;
        let url = |address: SocketAddr| format!("http://{address}");
        Ok(SessionPorts {
            imds_url: network.map_or_else(|| url(address), |_| METADATA_URL.to_owned()),
            resource_manager_url: manager.map(url),
        })
    }

    fn open_manager(
        &self,
        fleet: &Fleet,
        session: HeaderValue,
        network: Option<&Network>,
    ) -> Result<Option<SocketAddr>, StartError> {
        let stub = Arc::clone(fleet.resource_manager());
        if stub.tls().is_none() {
            return Ok(None);
        }
        let free = (stub.settings().listen.ip(), 0).into();
        let (listener, address) = bind_in(network, "Resource Manager", free)?;
        let serving = listener::serve(listener, stub, Some(session), self.stop.subscribe());
        self.served().spawn(serving);
        Ok(Some(address))
    }

    /// Answers in flight have a second to finish.
    pub(super) async fn close(self) {
        drop(self.stop);
        let served = self.served.into_inner();
        served
            .unwrap_or_else(PoisonError::into_inner)
            .join_all()
            .await;
    }

    fn served(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener in that network, or in this process's own.
fn bind_in(
    network: Option<&Network>,
    role: &'static str,
    wanted: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let Some(network) = network else {
        return bind(role, wanted);
    };
    network.run(|| bind(role, wanted)).unwrap_or_else(|source| {
        let address = wanted;
        Err(StartError::Bind {
            role,
            address,
            source,
        })
    })
}

impl Default for Opened {
    fn default() -> Self {
        Opened {
            stop: watch::Sender::new(()),
            served: Mutex::default(),
        }
    }
}

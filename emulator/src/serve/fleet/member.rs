//! One VM of a fleet, from its first connection to its last.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

use crate::model::fault::FaultReport;
use crate::serve::http;
use crate::serve::service::Service;

/// Where a VM's settings come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The configuration of the process.
    File,
    /// A request to the administration port.
    Request,
}

/// A VM that is being served. Dropped, it stops by itself a little later.
pub(super) struct Member {
    service: Arc<Service>,
    origin: Origin,
    /// Dropping it is the signal.
    stop: watch::Sender<()>,
    served: JoinHandle<()>,
}

impl Member {
    /// Serves it from now on.
    pub(super) fn serve(service: Arc<Service>, listener: TcpListener, origin: Origin) -> Member {
        let (stop, stopped) = watch::channel(());
        let served = tokio::spawn(http::serve(listener, Arc::clone(&service), None, stopped));
        Member {
            service,
            origin,
            stop,
            served,
        }
    }

    pub(super) fn service(&self) -> Arc<Service> {
        Arc::clone(&self.service)
    }

    /// Whether it is that very VM, and of the file: a later VM may have the same name.
    pub(super) fn is_of_file(&self, vm: &Service) -> bool {
        std::ptr::eq(&raw const *self.service, vm) && self.origin == Origin::File
    }

    /// Stops it; requests that wait are answered at once. Nothing of it goes on after this.
    pub(super) async fn end_at_once(self) {
        self.log_faults();
        self.service.reset();
        let service = self.service();
        self.begin_end().wait().await;
        // A request that came after the first reset may still hold a slot.
        service.reset();
        service.clean_up();
    }

    /// Accepts nothing more; what is being answered has a second to finish.
    pub(super) fn begin_end(self) -> Ending {
        drop(self.stop);
        Ending {
            service: self.service,
            served: self.served,
        }
    }

    fn log_faults(&self) {
        log_faults(&self.service);
    }
}

/// A VM that is stopping.
pub(super) struct Ending {
    service: Arc<Service>,
    served: JoinHandle<()>,
}

impl Ending {
    /// Waits until it has stopped, and leaves nothing of it behind.
    pub(super) async fn ended(self) {
        let service = Arc::clone(&self.service);
        self.wait().await;
        log_faults(&service);
        service.clean_up();
    }

    async fn wait(self) {
        if let Err(error) = self.served.await {
            error!(vm = self.service.name(), %error, "the server of a VM failed");
        }
    }
}

/// Logs how often each planned fault struck. One that never struck is a warning: the test did not test it.
fn log_faults(service: &Service) {
    let vm = service.name();
    for report in service.vm().faults().report() {
        let FaultReport {
            name,
            effect,
            seen,
            struck,
            ..
        } = report;
        if struck == 0 {
            warn!(vm, name, effect, seen, "a planned fault never struck");
        } else {
            info!(vm, name, effect, seen, struck, "a planned fault struck");
        }
    }
}

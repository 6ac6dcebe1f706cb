//! What the handlers of the administration port share.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use crate::serve::fleet::Fleet;
use crate::serve::resource_manager::shell::Shell;
use crate::serve::service::Service;

/// What all requests to the port share.
#[derive(Clone)]
pub(super) struct Port {
    fleet: Arc<Fleet>,
    /// Lacks only the VM.
    of_one_vm: Router<Arc<Service>>,
}

impl Port {
    pub(super) fn new(fleet: Arc<Fleet>, of_one_vm: Router<Arc<Service>>) -> Port {
        Port { fleet, of_one_vm }
    }

    pub(super) fn fleet(&self) -> &Arc<Fleet> {
        &self.fleet
    }

    /// The stub that all VMs' tokens are for.
    pub(super) fn resource_manager(&self) -> &Shell {
        self.fleet.first().resource_manager()
    }

    /// The names of this machine beside `localhost`, as they are set now.
    pub(super) fn further_hosts(&self) -> Vec<String> {
        self.fleet.first().config().admin_hosts.clone()
    }

    /// What one VM answers.
    pub(super) async fn ask(&self, service: Arc<Service>, request: Request) -> Response {
        let router = self.of_one_vm.clone().with_state(service);
        let answered: Result<Response, _> = router.oneshot(request).await;
        answered.into_response()
    }
}

//! The state that the handlers of the administration port share.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, Request};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use crate::serve::fleet::Fleet;
use crate::serve::service::Service;

/// The state that all requests to the port share.
#[derive(Clone)]
pub(super) struct AdminState {
    fleet: Arc<Fleet>,
    /// The routes of a VM; they still need the VM itself.
    of_one_vm: Router<OneVm>,
}

/// The VM that a request is for, and the process that it belongs to.
#[derive(Clone)]
pub(super) struct OneVm {
    pub(super) fleet: Arc<Fleet>,
    pub(super) service: Arc<Service>,
}

impl FromRef<OneVm> for Arc<Service> {
    fn from_ref(vm: &OneVm) -> Self {
        Arc::clone(&vm.service)
    }
}

impl AdminState {
    pub(super) fn new(fleet: Arc<Fleet>, of_one_vm: Router<OneVm>) -> AdminState {
        AdminState { fleet, of_one_vm }
    }

    pub(super) fn fleet(&self) -> &Arc<Fleet> {
        &self.fleet
    }

    /// The answer of one VM.
    pub(super) async fn answer(&self, service: Arc<Service>, request: Request) -> Response {
        let fleet = Arc::clone(&self.fleet);
        let router = self.of_one_vm.clone().with_state(OneVm { fleet, service });
        let answered: Result<Response, _> = router.oneshot(request).await;
        answered.into_response()
    }
}

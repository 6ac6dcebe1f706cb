//! One attempt on its way, as the VM sees it.

use std::sync::Arc;

use imds_client::wire::{Identity, TokenRequest};
use imds_emulator::fault::Facts;
use imds_emulator::vm::{Request, Selector};

/// The path that requests for tokens have on the wire.
const PATH: &str = "/metadata/identity/oauth2/token";

/// A request, and who sent it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) session: u32,
    pub(super) attempt: u32,
    pub(super) connection: u64,
    pub(super) request: Arc<TokenRequest>,
}

impl Sent {
    pub(super) fn key(&self) -> (u32, u32) {
        (self.session, self.attempt)
    }

    /// What it asks the VM for.
    pub(super) fn request(&self) -> Request<'_> {
        Request::Token {
            identity: self.selector(),
            resource: &self.request.resource,
            bypass_cache: false,
        }
    }

    /// What faults tell it apart by. The session header is not sent, as live.
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            path: PATH,
            identity: Some(self.selector()),
            resource: Some(&self.request.resource),
            connection: self.connection,
            session: None,
        }
    }

    fn selector(&self) -> Selector<'_> {
        match &self.request.identity {
            Identity::SystemAssigned => Selector::Default,
            Identity::ClientId(id) => Selector::ClientId(id),
            Identity::ObjectId(id) => Selector::ObjectId(id),
            Identity::ResourceId(id) => Selector::ResourceId(id),
        }
    }
}

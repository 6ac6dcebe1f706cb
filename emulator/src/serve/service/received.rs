//! A request as it was received.

use std::borrow::Cow;

use crate::config::VmSettings;
use crate::model::fault::Facts;
use crate::wire::head::{Head, SESSION};
use crate::wire::protocol::{self, Protocol};
use crate::wire::route::scheduled_events;

/// A request with its protocol and its connection.
pub(super) struct Received {
    pub(super) head: Head,
    pub(super) protocol: &'static dyn Protocol,
    connection: u64,
}

impl Received {
    pub(super) fn new(head: Head, connection: u64) -> Received {
        Received {
            protocol: protocol::named(head.protocol()),
            head,
            connection,
        }
    }

    /// Whether it calls the service of scheduled events, which may have to be switched on first.
    pub(super) fn is_for_events(&self) -> bool {
        self.head.path() == scheduled_events::PATH
    }

    /// The audience that it asks a token for, if it asks for one.
    pub(super) fn resource(&self) -> Option<Cow<'_, str>> {
        self.protocol.resource(&self.head)
    }

    /// What faults match against. The request may be faulty: it was not read yet. `resource` is its own.
    pub(super) fn facts<'a>(
        &'a self,
        config: &'a VmSettings,
        resource: Option<&'a str>,
    ) -> Facts<'a> {
        let head = &self.head;
        let session = head.headers.get(SESSION);
        Facts {
            path: head.path(),
            identity: self.protocol.identity(head, config),
            resource,
            connection: self.connection,
            session: session.and_then(|session| session.to_str().ok()),
            has_header: self.protocol.has_header(head, config),
        }
    }
}

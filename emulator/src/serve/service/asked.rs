//! What faults can tell a request apart by, taken from its head.

use std::borrow::Cow;

use crate::config::VmSettings;
use crate::model::fault::Facts;
use crate::model::vm::Selector;
use crate::wire::head::Head;
use crate::wire::protocol;
use crate::wire::route::{scheduled_events, token};

/// The header in which our load generator may say which session a request is of.
const SESSION: &str = "x-imds-emulator-session";

/// A request with its connection.
pub(super) struct Asked {
    pub(super) head: Head,
    pub(super) connection: u64,
}

impl Asked {
    /// Whether it calls the service of scheduled events, which may have to be switched on first.
    pub(super) fn is_for_events(&self) -> bool {
        self.head.path() == scheduled_events::PATH
    }

    /// For what audience it asks a token, if it asks for one.
    pub(super) fn resource(&self) -> Option<Cow<'_, str>> {
        let head = &self.head;
        let for_token = head.path() == token::PATH || protocol::of(head).is_some();
        for_token.then(|| protocol::asked_resource(head)).flatten()
    }

    /// The request may be faulty: it was not looked at yet. `resource` is its own.
    pub(super) fn facts<'a>(
        &'a self,
        config: &'a VmSettings,
        resource: Option<&'a str>,
    ) -> Facts<'a> {
        let head = &self.head;
        let session = head.headers.get(SESSION);
        Facts {
            path: head.path(),
            identity: self.identity(config),
            resource,
            connection: self.connection,
            session: session.and_then(|session| session.to_str().ok()),
        }
    }

    /// Whose token it asks for, if it asks for one.
    fn identity<'a>(&'a self, config: &'a VmSettings) -> Option<Selector<'a>> {
        let head = &self.head;
        match protocol::of(head) {
            Some(protocol) => protocol.identity(head, &config.identities).ok(),
            None if head.path() == token::PATH => {
                token::selector(head, config.wire.accept_principal_id).ok()
            }
            None => None,
        }
    }
}

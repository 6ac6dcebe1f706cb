//! What faults can tell a request apart by, taken from its head.

use crate::config::Config;
use crate::fault::Facts;
use crate::head::Head;
use crate::route::{scheduled_events, token};

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

    /// The request may be faulty: it was not looked at yet.
    pub(super) fn facts(&self, config: &Config) -> Facts<'_> {
        let head = &self.head;
        let for_token = head.path() == token::PATH;
        let selector = || token::selector(head, config.wire.accept_principal_id).ok();
        let session = head.headers.get(SESSION);
        Facts {
            path: head.path(),
            identity: for_token.then(selector).flatten(),
            resource: head.parameter("resource").filter(|_| for_token),
            connection: self.connection,
            session: session.and_then(|session| session.to_str().ok()),
        }
    }
}

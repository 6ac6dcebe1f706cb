//! Requests that the HTTP layer refuses.

use std::sync::Arc;

use tracing::debug;

use super::Service;
use crate::observe::journal::Entry;
use crate::observe::observer::Recording;
use crate::serve::connection_state::ConnectionState;
use crate::wire::remains::Remains;
use crate::wire::reply;

impl Service {
    /// Records a request that the HTTP layer could not read. It meets no fault and no limit. If it came in
    /// one piece with the request before it, its method and its target are unknown.
    pub(crate) fn note_unreadable(
        &self,
        state: &ConnectionState,
        error: &hyper::Error,
        session: Option<&str>,
    ) {
        let beginning = state.beginning.bytes();
        let remains = Remains::of(&beginning);
        let entry = Entry::unreadable(state.number, &remains, session);
        let reason = remains.reason(error);
        self.vm().fail_to_read(entry.category);
        debug!(verdict = "unreadable", %reason);
        let status = reply::of_unreadable(error);
        Recording::unreadable(Arc::clone(&self.observer), entry, status, reason);
    }
}

//! The side of a live session that serves its Azure context: queries to Resource Manager, and the context file.

use std::fs::File;
use std::sync::Arc;

use serde_json::Value;
use tokio::sync::OwnedMutexGuard;

use super::context_file::{self, LiveContextFile};
use super::manager::Manager;
use crate::record::Answer;
use crate::scenario::context::{Contexts, Domain};
use crate::session::lock::Access;
use crate::session::outcome::ManagerFailure;
use crate::session::question::ManagerQuery;
use crate::session::tokens::Bearer;

/// The queries and the open file of one session.
pub(super) struct LiveContext {
    manager: Manager,
    context_file: Arc<LiveContextFile>,
    mutex: Option<OwnedMutexGuard<()>>,
    file: Option<File>,
    settings: Option<File>,
}

impl LiveContext {
    pub(super) fn new(manager: Manager, context_file: Arc<LiveContextFile>) -> Self {
        Self {
            manager,
            context_file,
            mutex: None,
            file: None,
            settings: None,
        }
    }

    pub(super) fn target(&self, query: &ManagerQuery) -> String {
        self.manager.target(query)
    }

    pub(super) async fn ask(
        &self,
        bearer: &Bearer,
        target: &str,
    ) -> (Answer, Result<Value, ManagerFailure>) {
        let secret = match bearer {
            Bearer::Secret(secret) => Some(&**secret),
            Bearer::Grant(_) => None,
        };
        self.manager.ask(secret, target).await
    }

    pub(super) async fn enter(&mut self, domain: Domain) {
        self.mutex = Some(self.context_file.enter(domain).await);
    }

    pub(super) fn leave(&mut self) {
        self.mutex = None;
    }

    /// The text of the file; none: another has it open, or the system does not let it be opened.
    pub(super) fn open(&mut self, access: Access) -> Option<String> {
        let (file, text) = self.context_file.open(access).ok().flatten()?;
        self.file = Some(file);
        Some(text)
    }

    /// Whether the file of the module's settings could be opened for this session alone.
    pub(super) fn open_settings(&mut self) -> bool {
        self.settings = self.context_file.open_settings().ok().flatten();
        self.settings.is_some()
    }

    pub(super) fn close_settings(&mut self) {
        self.settings = None;
    }

    /// An error of writing is ignored, as with a read-only context file.
    pub(super) fn close(&mut self, write: Option<&Contexts>) {
        if let (Some(mut file), Some(contexts)) = (self.file.take(), write) {
            drop(context_file::write(&mut file, contexts));
        }
    }
}

//! What a live session does for its Azure context: asks Resource Manager, and opens the profile's file.

use std::fs::File;
use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use super::manager::Manager;
use super::profile::{self, LiveProfile};
use crate::record::Answer;
use crate::scenario::context::{Access, Bearer, Contexts, Domain};
use crate::session::course::{Heard, Managed, Query, Unmanaged};

/// One session's side of it.
pub(super) struct LiveContext {
    manager: Manager,
    profile: Arc<LiveProfile>,
    mutex: Option<OwnedMutexGuard<()>>,
    file: Option<File>,
}

impl LiveContext {
    pub(super) fn new(manager: Manager, profile: Arc<LiveProfile>) -> Self {
        Self {
            manager,
            profile,
            mutex: None,
            file: None,
        }
    }

    pub(super) async fn ask(
        &self,
        bearer: &Bearer,
        query: &Query,
    ) -> (Answer, Result<Managed, Unmanaged>) {
        let secret = match bearer {
            Bearer::Secret(secret) => Some(&**secret),
            Bearer::Grant(_) => None,
        };
        self.manager.ask(secret, query).await
    }

    pub(super) async fn enter(&mut self, domain: Domain) -> Heard {
        self.mutex = Some(self.profile.enter(domain).await);
        Heard::Done
    }

    pub(super) fn leave(&mut self) -> Heard {
        self.mutex = None;
        Heard::Done
    }

    /// What the system does not let it open is as if another had it open.
    pub(super) fn open(&mut self, access: Access) -> Heard {
        let opened = self.profile.open(access).ok().flatten();
        Heard::Opened(opened.map(|(file, text)| {
            self.file = Some(file);
            text
        }))
    }

    /// What cannot be written is lost, as an unwritable profile is.
    pub(super) fn close(&mut self, write: Option<&Contexts>) -> Heard {
        if let (Some(mut file), Some(contexts)) = (self.file.take(), write) {
            drop(profile::write(&mut file, contexts));
        }
        Heard::Done
    }
}

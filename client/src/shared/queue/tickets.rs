//! The ticket files of a queue: one for each process in it, which keeps its file locked while it is in
//! it.
//!
//! The operating system knows whether a process still exists: it releases the lock when the last
//! process that has the file open has ended.

use std::fs::{self, File, TryLockError};
use std::io;
use std::num::NonZeroUsize;

use uuid::Uuid;

use super::position::Ticket;
use crate::shared::folder::{Folder, SharedCacheError};

/// The lock under which tickets are drawn.
const LOCK: &str = "line.lock";

/// The prefix of a ticket that is not locked yet.
const UNFINISHED: &str = ".imds-client-";

/// The folder with the tickets of a queue.
#[derive(Debug, Clone)]
pub(super) struct TicketFolder {
    folder: Folder,
}

impl TicketFolder {
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder }
    }

    /// Takes the last position, and returns the tickets before it, the first in the queue first. It
    /// waits for other processes that take theirs.
    pub(super) fn take(
        &self,
        at_once: NonZeroUsize,
        id: Uuid,
    ) -> Result<(TicketGuard, Vec<Ticket>), SharedCacheError> {
        let lock = self.folder.lock_file(LOCK)?;
        lock.lock().map_err(|cause| self.failed(LOCK, cause))?;
        let before = self.drawn()?;
        let ticket = Ticket::after(&before, at_once, id);
        let held = self.make(ticket)?;
        Ok((held, before))
    }

    /// The error if the lock under which tickets are drawn was not released.
    pub(super) fn locked(&self) -> SharedCacheError {
        let path = self.folder.path(LOCK);
        SharedCacheError::Locked { path }
    }

    /// Whether its process still exists; otherwise its file is removed.
    pub(super) fn is_held(&self, ticket: &Ticket) -> Result<bool, SharedCacheError> {
        let name = ticket.to_string();
        let Some(file) = self.folder.open_file(&name)? else {
            return Ok(false);
        };
        match file.try_lock_shared() {
            Ok(()) => {
                drop(file);
                let _ = fs::remove_file(self.folder.path(&name));
                Ok(false)
            }
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(cause)) => Err(self.failed(&name, cause)),
        }
    }

    /// A ticket is locked before it gets its name, so that it is never taken for a released one.
    fn make(&self, ticket: Ticket) -> Result<TicketGuard, SharedCacheError> {
        let unfinished = format!("{UNFINISHED}{ticket}");
        let file = self.folder.lock_file(&unfinished)?;
        let held = TicketGuard {
            tickets: self.clone(),
            ticket,
            file,
        };
        let locked = held.file.lock();
        let [from, to] = [unfinished, ticket.to_string()].map(|name| self.folder.path(&name));
        let named = locked.and_then(|()| fs::rename(from, to));
        named.map_err(|cause| self.failed(&ticket.to_string(), cause))?;
        Ok(held)
    }

    /// All tickets, in order. The caller holds the lock, so a ticket that is not locked yet was left by
    /// a process that was killed.
    fn drawn(&self) -> Result<Vec<Ticket>, SharedCacheError> {
        let mut tickets = Vec::new();
        for name in self.folder.names()? {
            if name.starts_with(UNFINISHED) {
                let _ = fs::remove_file(self.folder.path(&name));
            }
            tickets.extend(name.parse::<Ticket>());
        }
        tickets.sort_unstable();
        Ok(tickets)
    }

    fn failed(&self, name: &str, cause: io::Error) -> SharedCacheError {
        let path = self.folder.path(name);
        SharedCacheError::Io { path, cause }
    }
}

/// A position in the queue; it is released when this is dropped.
#[derive(Debug)]
pub(super) struct TicketGuard {
    tickets: TicketFolder,
    ticket: Ticket,
    file: File,
}

impl TicketGuard {
    pub(super) fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    #[cfg(unix)]
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for TicketGuard {
    fn drop(&mut self) {
        let path = self.tickets.folder.path(&self.ticket.to_string());
        let _ = fs::remove_file(path);
    }
}

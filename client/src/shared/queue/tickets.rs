//! The files of a line: one for each process in it, which keeps it locked for as long as it is in it.
//!
//! Whether a process is still there is for the operating system to say: it gives the lock back when
//! the last one that has the file open is gone, however it went.

use std::fs::{self, File, TryLockError};
use std::io;
use std::num::NonZeroUsize;

use uuid::Uuid;

use super::line::Ticket;
use crate::shared::folder::{Folder, SharedCacheError};

/// The lock that tickets are drawn under.
const LOCK: &str = "line.lock";

/// How the name of a ticket begins that is not yet locked.
const UNFINISHED: &str = ".imds-client-";

/// Where the tickets of a line are.
#[derive(Debug, Clone)]
pub(super) struct Tickets {
    folder: Folder,
}

impl Tickets {
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder }
    }

    /// Takes the last place, and tells who stands before it, the first in line first. It waits for
    /// those who are taking theirs.
    pub(super) fn take(
        &self,
        at_once: NonZeroUsize,
        id: Uuid,
    ) -> Result<(HeldTicket, Vec<Ticket>), SharedCacheError> {
        let lock = self.folder.lock_file(LOCK)?;
        lock.lock().map_err(|cause| self.failed(LOCK, cause))?;
        let before = self.drawn()?;
        let ticket = Ticket::behind(&before, at_once, id);
        let held = self.make(ticket)?;
        Ok((held, before))
    }

    /// The lock that tickets are drawn under has not been given back.
    pub(super) fn locked(&self) -> SharedCacheError {
        let path = self.folder.path(LOCK);
        SharedCacheError::Locked { path }
    }

    /// Whether the one who holds it is still there; otherwise its file is removed.
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

    /// A ticket is locked before it has its name, so that nobody takes it for one that was left.
    fn make(&self, ticket: Ticket) -> Result<HeldTicket, SharedCacheError> {
        let unfinished = format!("{UNFINISHED}{ticket}");
        let file = self.folder.lock_file(&unfinished)?;
        let held = HeldTicket {
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

    /// Every ticket there is, in order. Whoever draws is alone: what is unfinished now was left by one
    /// that was killed.
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

/// A place in the line; it is given up when this is dropped.
#[derive(Debug)]
pub(super) struct HeldTicket {
    tickets: Tickets,
    ticket: Ticket,
    file: File,
}

impl HeldTicket {
    pub(super) fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    #[cfg(unix)]
    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for HeldTicket {
    fn drop(&mut self) {
        let path = self.tickets.folder.path(&self.ticket.to_string());
        let _ = fs::remove_file(path);
    }
}

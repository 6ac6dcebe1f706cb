//! A queue of commands: so many run at once, in the order in which they came.
//!
//! It is for programs that cannot be changed, and that fail when many run at once. Processes queue in a
//! folder that only their user can read. There is no server, and nothing is sent to IMDS.
//!
//! Guaranteed on a file system with working locks (a local one):
//! - The number of running commands never exceeds the `at_once` of any of them. If the numbers differ,
//!   the smallest of a command's own and those before it in the queue holds.
//! - Commands start in the order of their tickets, except that commands whose turn it is at the same
//!   time do not wait for each other. Tickets are drawn in the order in which the operating system
//!   grants a lock (Linux: first come, first served).
//! - A process that ends in any way has left the queue. One that is stopped keeps its position, which
//!   the others cannot use.
//! - Starts are at least the interval apart, if there is one. A command that waits for its start
//!   already counts as running.
#![expect(clippy::disallowed_methods, reason = "a driver: it waits")]

mod position;
mod tickets;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::folder::{Folder, SharedCacheError};
use super::gate::SharedGate;
use super::machine;
use super::record::file_name;
use super::shared_cache::SharedCache;
use crate::pace::Pace;
pub use position::Position;
use position::Ticket;
use tickets::{TicketFolder, TicketGuard};

/// The longest wait for a ticket; drawing one takes less than a millisecond. (Ours.)
const TICKET_WAIT: Duration = Duration::from_secs(20);

/// A queue of commands of one user, on one machine.
#[derive(Debug)]
pub struct CommandQueue {
    tickets: TicketFolder,
    at_once: NonZeroUsize,
    id: Uuid,
    starts: Option<SharedGate>,
}

impl CommandQueue {
    /// Opens the queue of this name in a folder of shared caches, or makes it; the process is not in it
    /// yet.
    ///
    /// So many run `at_once`, and starts are `interval` apart, if there is one. The ticket's id, and
    /// random pauses, which keep the processes apart, are drawn from `rng`.
    ///
    /// # Errors
    /// If the folder cannot be made, or cannot be trusted.
    pub fn open(
        folder: PathBuf,
        name: &str,
        at_once: NonZeroUsize,
        interval: Option<Duration>,
        mut rng: ChaCha8Rng,
    ) -> Result<Self, SharedCacheError> {
        let scope = [machine::mark(), format!("exec {name}")];
        let folder = Folder::open(folder)?;
        let line = folder.path(&format!("{}.line", file_name(&scope.join(" "))));
        let line = Folder::open(line)?;
        let (tickets, id) = (TicketFolder::new(line), Uuid::from_u128(rng.random()));
        let starts = interval.map(|interval| {
            let cache = SharedCache::silent(folder, scope);
            SharedGate::new(cache, "starts", Pace::apart(interval), rng)
        });
        Ok(Self {
            tickets,
            at_once,
            id,
            starts,
        })
    }

    /// Joins the queue, calls `queued` with the number of processes before this one, and waits for its
    /// turn. A caller that is dropped here has left the queue.
    ///
    /// # Errors
    /// If the folder cannot be used, or another process has not released its lock.
    pub async fn turn(
        &self,
        queued: impl FnOnce(usize),
    ) -> Result<CommandPermit, SharedCacheError> {
        let (held, mut before) = self.ticket().await?;
        let mut position = self.look(held.ticket(), &mut before)?;
        queued(before.len());
        while !position.may_start() {
            sleep(position.pause(before.len())).await;
            position = self.look(held.ticket(), &mut before)?;
        }
        if let Some(starts) = &self.starts {
            starts.try_turn().await?;
        }
        Ok(CommandPermit { held })
    }

    /// Draws a ticket, in a thread of its own: the wait for the lock is fair, but has no end.
    async fn ticket(&self) -> Result<(TicketGuard, Vec<Ticket>), SharedCacheError> {
        let (tickets, at_once, id) = (self.tickets.clone(), self.at_once, self.id);
        let (sender, drawn) = oneshot::channel();
        // A ticket that comes too late is dropped, and so released.
        thread::spawn(move || sender.send(tickets.take(at_once, id)).map_err(drop));
        match timeout(TICKET_WAIT, drawn).await {
            Ok(Ok(drawn)) => drawn,
            _ => Err(self.tickets.locked()),
        }
    }

    /// Finds the tickets before this one that are still held, from the first in the queue on, until it
    /// is known that this one may not start. Released tickets are removed from `before`; no new ones
    /// come before it.
    fn look(&self, mine: &Ticket, before: &mut Vec<Ticket>) -> Result<Position, SharedCacheError> {
        let mut position = Position::of(mine.at_once);
        let mut seen = 0;
        while position.may_start() && seen < before.len() {
            if self.tickets.is_held(&before[seen])? {
                position.count(before[seen].at_once);
                seen += 1;
            } else {
                before.remove(seen);
            }
        }
        Ok(position)
    }
}

/// Permission to run; the next command may follow once this is dropped, or its process has ended.
#[derive(Debug)]
pub struct CommandPermit {
    held: TicketGuard,
}

impl CommandPermit {
    /// Leaves the queue, as dropping this does.
    pub fn leave(self) {
        drop(self.held);
    }

    /// Keeps the position for the program that replaces this process, and for the processes that it
    /// starts. The next command may follow when all of them have ended, or have closed the ticket's
    /// file.
    ///
    /// # Errors
    /// If the system refuses.
    #[cfg(unix)]
    pub fn outlive_exec(&self) -> std::io::Result<()> {
        use rustix::io::{FdFlags, fcntl_setfd};

        fcntl_setfd(self.held.file(), FdFlags::empty())?;
        Ok(())
    }
}

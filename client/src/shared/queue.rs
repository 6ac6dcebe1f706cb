//! A gate for whole commands: so many run at once, in the order in which they came.
//!
//! For programs that cannot be changed and that lose when they run in herds. Processes line up in a
//! folder that only their user can look into; nobody serves them, and nothing is asked of IMDS.
//!
//! What is guaranteed, on a file system whose locks work (a local one):
//! - No more run at once than any of those that run wants. Where they want different numbers, the
//!   least of those in line up to oneself holds.
//! - Whoever drew a ticket earlier starts earlier, as far as it is awake: of those whose turn it is
//!   together, none waits for another. Tickets are drawn in the order in which the operating system
//!   gives a lock (Linux: first come, first served).
//! - Whoever is gone has left the line, however it went. One that is stopped keeps its place, and it
//!   costs the others that place alone.
//! - Starts are at least the interval apart, if there is one. Whoever has its turn and waits for its
//!   start has its place meanwhile.
#![expect(clippy::disallowed_methods, reason = "a driver: it waits")]

mod line;
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
use line::{Standing, Ticket};
use tickets::{HeldTicket, Tickets};

/// A ticket that is not drawn in this time is not to be had: drawing takes less than a millisecond.
/// (Ours.)
const DRAWING: Duration = Duration::from_secs(20);

/// A line of commands of one user, on one machine.
#[derive(Debug)]
pub struct CommandQueue {
    tickets: Tickets,
    at_once: NonZeroUsize,
    id: Uuid,
    starts: Option<SharedGate>,
}

impl CommandQueue {
    /// Opens the line of this name in a folder of shared caches, or makes it; nobody stands in it yet.
    ///
    /// So many run `at_once`, and starts are `interval` apart, if there is one. The ticket's id, and
    /// what keeps processes from going in step, is drawn from `rng`.
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
        let (tickets, id) = (Tickets::new(line), Uuid::from_u128(rng.random()));
        let starts = interval.map(|interval| {
            let cache = SharedCache::silent(folder, scope);
            SharedGate::new(cache, "starts", starts_apart(interval), rng)
        });
        Ok(Self {
            tickets,
            at_once,
            id,
            starts,
        })
    }

    /// Lines up, tells how many stand before it, and waits for its turn. Whoever is dropped here has
    /// left the line.
    ///
    /// # Errors
    /// If the folder cannot be used, or another process has not given its lock back.
    pub async fn turn(&self, lined_up: impl FnOnce(usize)) -> Result<Admission, SharedCacheError> {
        let (held, mut before) = self.ticket().await?;
        let mut standing = self.look(held.ticket(), &mut before)?;
        lined_up(before.len());
        while !standing.may_start() {
            sleep(standing.pause(before.len())).await;
            standing = self.look(held.ticket(), &mut before)?;
        }
        if let Some(starts) = &self.starts {
            starts.try_pass().await?;
        }
        Ok(Admission { held })
    }

    /// Draws a ticket. The operating system lets whoever comes first draw first, but waits without end.
    async fn ticket(&self) -> Result<(HeldTicket, Vec<Ticket>), SharedCacheError> {
        let (tickets, at_once, id) = (self.tickets.clone(), self.at_once, self.id);
        let (sender, drawn) = oneshot::channel();
        // What comes when nobody waits for it any more is given back.
        thread::spawn(move || sender.send(tickets.take(at_once, id)).map_err(drop));
        match timeout(DRAWING, drawn).await {
            Ok(Ok(drawn)) => drawn,
            _ => Err(self.tickets.locked()),
        }
    }

    /// Looks who stands before it still, from the first in line on, until it knows that it may not
    /// start. Those who are gone are forgotten; nobody comes in their place.
    fn look(&self, mine: &Ticket, before: &mut Vec<Ticket>) -> Result<Standing, SharedCacheError> {
        let mut standing = Standing::of(mine);
        let mut seen = 0;
        while standing.may_start() && seen < before.len() {
            if self.tickets.is_held(&before[seen])? {
                standing.meet(&before[seen]);
                seen += 1;
            } else {
                before.remove(seen);
            }
        }
        Ok(standing)
    }
}

/// Starts count for an instant: only their distance matters.
fn starts_apart(interval: Duration) -> Pace {
    Pace {
        interval,
        at_once: usize::MAX,
        lease: Duration::from_millis(1),
    }
}

/// Leave to run; the next may follow once this is dropped, or its process is gone.
#[derive(Debug)]
pub struct Admission {
    held: HeldTicket,
}

impl Admission {
    /// Gives the place up, as dropping it does.
    pub fn leave(self) {
        drop(self.held);
    }

    /// Leaves the place to the program that this process is about to become, and to whatever that
    /// starts: the next may follow when all of them have ended, or have closed the file that is open
    /// in them.
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

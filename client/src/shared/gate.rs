//! Where the attempts of all processes of a user wait for their turn.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits, and a pass is given back when it is dropped"
)]

use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use tokio::sync::Mutex as FairMutex;
use tokio::time::{Instant, sleep};

use super::folder::SharedCacheError;
use super::lock::Lock;
use super::record::{self, file_name};
use super::shared_cache::SharedCache;
use crate::clock::since_1970;
use crate::pace::{Gate, Pace, Pacer, Turn, TurnSearch};
use crate::transport::Pass;

/// A process that finds the lock taken for so long sends without a turn; the lock is held for less than
/// a millisecond. (Ours.)
const LOCK_WAIT: Duration = Duration::from_secs(4);

/// The pause between two tries for the lock: growing, between these.
const TRIES: [Duration; 2] = [Duration::from_millis(4), Duration::from_millis(250)];

/// How often the lock is tried for to return a turn, a millisecond apart. If that fails, the turn ends
/// with its lease.
const RETURNS: usize = 20;

/// Lets attempts through in the order in which they came, as far as processes can coordinate.
#[derive(Debug)]
pub(super) struct SharedGate {
    /// The queue within this process; tokio's mutex is fair.
    queue: FairMutex<ChaCha8Rng>,
    file: Arc<PaceFile>,
}

impl SharedGate {
    /// Paces by the file of this name in the cache's folder.
    pub(super) fn new(cache: SharedCache, name: &str, pace: Pace, rng: ChaCha8Rng) -> Self {
        let key = format!("{} {name}", cache.common_key());
        let file = PaceFile {
            name: file_name(&key),
            key,
            cache,
            pace: pace.among_processes(),
        };
        Self {
            queue: FairMutex::new(rng),
            file: Arc::new(file),
        }
    }

    /// Waits in the queue. A caller that is dropped there delays the others by one interval at most. If
    /// the folder cannot be used, this returns why.
    pub(super) async fn try_turn(&self) -> Result<SharedTurnGuard, SharedCacheError> {
        let mut rng = self.queue.lock().await;
        let number = self.next_turn(&mut rng).await?;
        let file = Arc::clone(&self.file);
        Ok(SharedTurnGuard { file, number })
    }

    /// Reserves turns until one is free. So the processes read the file about as often as attempts may
    /// go, however many wait.
    async fn next_turn(&self, rng: &mut ChaCha8Rng) -> Result<u64, SharedCacheError> {
        let mut search = TurnSearch::default();
        loop {
            let turn = self.locked(rng, |pacer, pace, now| search.next(pacer, pace, now));
            match turn.await? {
                Turn::Go(number) => return Ok(number),
                Turn::Wait(at) => sleep(at.saturating_sub(since_1970())).await,
            }
        }
    }

    /// Changes the pacer as soon as the lock is free.
    async fn locked<R>(
        &self,
        rng: &mut ChaCha8Rng,
        mut change: impl FnMut(&mut Pacer, &Pace, Duration) -> R,
    ) -> Result<R, SharedCacheError> {
        let (began, mut pause) = (Instant::now(), TRIES[0]);
        loop {
            if let Some(result) = self.file.change(&mut change)? {
                return Ok(result);
            }
            if began.elapsed() > LOCK_WAIT {
                let path = self.file.cache.folder.path(&self.file.lock_name());
                return Err(SharedCacheError::Locked { path });
            }
            sleep(rng.random_range(pause / 2..pause)).await;
            pause = TRIES[1].min(pause * 2);
        }
    }
}

impl Gate for SharedGate {
    /// If the folder cannot be used, the attempt goes at once.
    fn pass(&self) -> Pin<Box<dyn Future<Output = Pass> + Send + '_>> {
        Box::pin(async {
            let turn = self.try_turn().await;
            turn.map_or_else(
                |problem| {
                    self.file.cache.warn(&problem);
                    Pass::default()
                },
                Pass::held,
            )
        })
    }
}

/// A pacer in a file.
#[derive(Debug)]
struct PaceFile {
    cache: SharedCache,
    pace: Pace,
    key: String,
    name: String,
}

impl PaceFile {
    /// Changes the pacer; `None` if another process has the lock.
    fn change<R>(
        &self,
        change: impl FnOnce(&mut Pacer, &Pace, Duration) -> R,
    ) -> Result<Option<R>, SharedCacheError> {
        let folder = &self.cache.folder;
        let Some(_lock) = Lock::take(folder, &self.lock_name())? else {
            return Ok(None);
        };
        let name = format!("{}.pace", self.name);
        let content = folder.read(&name)?;
        let pacer = content.and_then(|content| record::read(&self.key, &content));
        let before: Pacer = pacer.unwrap_or_default();
        let mut pacer = before.clone();
        let result = change(&mut pacer, &self.pace, since_1970());
        if pacer != before {
            folder.write(&name, &record::written(&self.key, &pacer))?;
        }
        Ok(Some(result))
    }

    fn lock_name(&self) -> String {
        format!("{}.lock", self.name)
    }
}

/// The turn of one attempt; the next may follow once it is dropped.
///
/// The drop itself returns the turn, since the process may end right after. That takes less than a
/// millisecond. If a stopped process holds the lock, it blocks the thread for [`RETURNS`] milliseconds.
#[derive(Debug)]
pub(super) struct SharedTurnGuard {
    file: Arc<PaceFile>,
    number: u64,
}

impl Drop for SharedTurnGuard {
    fn drop(&mut self) {
        for _ in 0..RETURNS {
            match self.file.change(|pacer, _, _| pacer.done(self.number)) {
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Ok(Some(())) | Err(_) => return,
            }
        }
    }
}

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
use tokio::sync::Mutex as Line;
use tokio::time::{Instant, sleep};

use super::folder::SharedCacheError;
use super::lock::Lock;
use super::record::{self, file_name};
use super::shared_cache::SharedCache;
use crate::clock::since_1970;
use crate::pace::{Gate, Pace, Pacer, Turn};
use crate::transport::Pass;

/// After so long an attempt of a process that was killed no longer counts. (Ours: requests take less
/// than a second as a rule, and one too many at once is refused and made again.)
const LEASE: Duration = Duration::from_secs(10);

/// Whoever finds the lock taken for so long asks without a turn; it is held for less than a
/// millisecond. (Ours.)
const LOCK_PATIENCE: Duration = Duration::from_secs(4);

/// From one try for the lock to the next: growing, between these.
const TRIES: [Duration; 2] = [Duration::from_millis(4), Duration::from_millis(250)];

/// How often the lock is tried for to give a turn back, a millisecond apart. Otherwise it is over
/// when its lease is.
const RETURNS: usize = 20;

/// Lets attempts through in the order in which they came, as far as processes can tell.
#[derive(Debug)]
pub(super) struct SharedGate {
    /// The line within this process; tokio's mutex is fair.
    line: Line<ChaCha8Rng>,
    file: Arc<PaceFile>,
}

impl SharedGate {
    /// Paces by what is in the cache's folder under this name.
    pub(super) fn new(cache: SharedCache, name: &str, pace: Pace, rng: ChaCha8Rng) -> Self {
        let key = format!("{} {name}", cache.common_key());
        let file = PaceFile {
            name: file_name(&key),
            key,
            cache,
            pace: Pace {
                lease: LEASE.min(pace.lease),
                ..pace
            },
        };
        Self {
            line: Line::new(rng),
            file: Arc::new(file),
        }
    }

    /// Waits in line. Whoever is dropped there has cost the others one interval at most. Where the
    /// folder cannot be used, it says why.
    pub(super) async fn try_pass(&self) -> Result<SharedPass, SharedCacheError> {
        let mut rng = self.line.lock().await;
        let number = self.turn(&mut rng).await?;
        let file = Arc::clone(&self.file);
        Ok(SharedPass { file, number })
    }

    /// Takes a place in the line again and again until it is a turn. So however many wait, they look
    /// at the file about as often as attempts may go.
    async fn turn(&self, rng: &mut ChaCha8Rng) -> Result<u64, SharedCacheError> {
        loop {
            let place = self.locked(rng, Pacer::line_up).await?;
            sleep(place.saturating_sub(since_1970())).await;
            if let Some(number) = self.turn_now(rng).await? {
                return Ok(number);
            }
        }
    }

    /// Asks for a turn at the time of the place, and once more where the one before was a little late.
    async fn turn_now(&self, rng: &mut ChaCha8Rng) -> Result<Option<u64>, SharedCacheError> {
        for _ in 0..2 {
            let at = match self.locked(rng, Pacer::ask).await? {
                Turn::Go(number) => return Ok(Some(number)),
                Turn::Wait(at) => at,
            };
            let late = at.saturating_sub(since_1970());
            if late > self.file.pace.interval {
                break;
            }
            sleep(late).await;
        }
        Ok(None)
    }

    /// Changes the pacer as soon as nobody else does.
    async fn locked<R>(
        &self,
        rng: &mut ChaCha8Rng,
        change: impl Fn(&mut Pacer, &Pace, Duration) -> R,
    ) -> Result<R, SharedCacheError> {
        let (began, mut pause) = (Instant::now(), TRIES[0]);
        loop {
            if let Some(result) = self.file.change(&change)? {
                return Ok(result);
            }
            if began.elapsed() > LOCK_PATIENCE {
                let path = self.file.cache.folder.path(&self.file.lock_name());
                return Err(SharedCacheError::Locked { path });
            }
            sleep(rng.random_range(pause / 2..pause)).await;
            pause = TRIES[1].min(pause * 2);
        }
    }
}

impl Gate for SharedGate {
    /// Where the folder cannot be used, an attempt is let through at once.
    fn pass(&self) -> Pin<Box<dyn Future<Output = Pass> + Send + '_>> {
        Box::pin(async {
            let passed = self.try_pass().await;
            passed.map_or_else(
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
    /// Changes the pacer, unless another does.
    fn change<R>(
        &self,
        change: impl Fn(&mut Pacer, &Pace, Duration) -> R,
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

/// One that is through; the next may follow once it is dropped.
///
/// It is given back where it is dropped, for a process may end right after. That takes less than a
/// millisecond, and blocks the thread for [`RETURNS`] of them where a process was stopped that holds
/// the lock.
#[derive(Debug)]
pub(super) struct SharedPass {
    file: Arc<PaceFile>,
    number: u64,
}

impl Drop for SharedPass {
    fn drop(&mut self) {
        for _ in 0..RETURNS {
            match self.file.change(|pacer, _, _| pacer.done(self.number)) {
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Ok(Some(())) | Err(_) => return,
            }
        }
    }
}

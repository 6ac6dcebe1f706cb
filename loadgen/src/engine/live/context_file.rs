//! The context file of a live run: a real file in a folder of the run's own, with a real lock.
//!
//! The lock is the operating system's on an open file (`std::fs::File::try_lock`): `flock` on Linux and
//! macOS, `LockFileEx` on Windows. .NET's `FileShare.None` is the same on Unix, and stricter on Windows.
//! Each opening is a file description of its own, so sessions of one process exclude each other as
//! processes do. The named mutex exists only within the run.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::scenario::context::{Contexts, Domain};
use crate::scenario::definition::Scenario;
use crate::session::lock::Access;

/// The name that Azure PowerShell gives to the file.
const FILE: &str = "AzureRmContext.json";

/// The name that it gives to the file of its settings.
const SETTINGS: &str = "PSConfig.json";

/// The context file that all sessions of a run share.
#[derive(Debug)]
pub(super) struct LiveContextFile {
    folder: TempDir,
    domains: BTreeMap<Domain, Arc<Mutex<()>>>,
    queued: AtomicUsize,
    longest_queue: AtomicUsize,
}

impl LiveContextFile {
    /// A new folder, with the saved contexts of the scenario in the file.
    pub(super) fn new(scenario: &Scenario) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        if !scenario.context.saved.is_empty() {
            std::fs::write(folder.path().join(FILE), &scenario.context.saved)?;
        }
        let profiles = scenario
            .groups
            .iter()
            .filter_map(|group| group.azure_context.as_ref());
        Ok(Self {
            folder,
            domains: profiles
                .map(|context_file| (context_file.domain, Arc::default()))
                .collect(),
            queued: AtomicUsize::new(0),
            longest_queue: AtomicUsize::new(0),
        })
    }

    /// Waits for the mutex of a logon session, first come, first served.
    pub(super) async fn enter(&self, domain: Domain) -> OwnedMutexGuard<()> {
        let mutex = Arc::clone(&self.domains[&domain]);
        if let Ok(guard) = Arc::clone(&mutex).try_lock_owned() {
            return guard;
        }
        let queued = self.queued.fetch_add(1, Ordering::Relaxed) + 1;
        self.longest_queue.fetch_max(queued, Ordering::Relaxed);
        let guard = mutex.lock_owned().await;
        self.queued.fetch_sub(1, Ordering::Relaxed);
        guard
    }

    /// The most sessions that ever waited for a mutex.
    pub(super) fn longest_queue(&self) -> usize {
        self.longest_queue.load(Ordering::Relaxed)
    }

    /// Opens the file and reads it; none if another has it open.
    pub(super) fn open(&self, access: Access) -> io::Result<Option<(File, String)>> {
        let mut file = self.file(FILE)?;
        let locked = match access {
            Access::Shared => file.try_lock_shared(),
            Access::Exclusive => file.try_lock(),
        };
        if !is_free(locked)? {
            return Ok(None);
        }
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(Some((file, text)))
    }

    /// Opens the file of the module's settings for one session alone; none if another has it open.
    pub(super) fn open_settings(&self) -> io::Result<Option<File>> {
        let file = self.file(SETTINGS)?;
        Ok(is_free(file.try_lock())?.then_some(file))
    }

    /// Opens a file of the profile, which is made if need be.
    fn file(&self, name: &str) -> io::Result<File> {
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(false);
        options.open(self.folder.path().join(name))
    }
}

/// Whether the lock was free.
fn is_free(locked: Result<(), TryLockError>) -> io::Result<bool> {
    match locked {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Writes over what the file holds.
pub(super) fn write(file: &mut File, contexts: &Contexts) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(contexts.to_json().as_bytes())
}

//! The operating system's lock on a file, held for less than a millisecond.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it waits for others to be done"
)]

use std::fs::{File, TryLockError};
use std::thread;
use std::time::Duration;

use super::folder::{Folder, SharedCacheError};

/// A lock that is held. It is released when this is dropped, or when its process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// How often a lock is tried for, a millisecond apart.
const TRIES: usize = 20;

impl Lock {
    /// Takes it as soon as it is free; `None` if it stays taken for longer than a lock is held.
    pub(super) fn take_soon(folder: &Folder, name: &str) -> Result<Option<Self>, SharedCacheError> {
        for _ in 1..TRIES {
            if let Some(lock) = Self::take(folder, name)? {
                return Ok(Some(lock));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Self::take(folder, name)
    }

    /// Takes it, unless another process holds it.
    pub(super) fn take(folder: &Folder, name: &str) -> Result<Option<Self>, SharedCacheError> {
        let file = folder.lock_file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => {
                let path = folder.path(name);
                Err(SharedCacheError::Io { path, cause })
            }
        }
    }
}

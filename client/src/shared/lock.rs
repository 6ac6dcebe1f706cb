//! The operating system's lock on a file, held for an instant.

use std::fs::{File, TryLockError};

use super::folder::{Folder, SharedCacheError};

/// A lock that is held. It is given back when this is dropped, or when its process ends however it
/// ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
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

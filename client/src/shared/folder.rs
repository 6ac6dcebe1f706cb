//! A folder that only its owner can look into, and files that are there wholly or not at all.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use thiserror::Error;
use uuid::Uuid;

/// Files are a few kilobytes; a longer one is not ours.
const LONGEST_FILE: u64 = 1024 * 1024;

/// A file that nobody has written for so long holds nothing: tokens live for a day (documented).
const STALE: Duration = Duration::from_hours(48);

/// A file that is still being written after so long belongs to a process that was killed.
const ABANDONED: Duration = Duration::from_mins(1);

/// How the name of a file begins that is being written.
const TEMPORARY: &str = ".imds-client-";

/// How the names of files end that can be stale. Locks are not among them: they are empty, and never
/// written, so that one in use looks as old as any.
const STALING: [&str; 5] = ["token", "lease", "hold", "failure", "pace"];

/// A folder that was found to be its user's alone.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

/// Why the shared cache cannot be used.
#[derive(Debug, Error)]
pub enum SharedCacheError {
    /// There is no place for it.
    #[error("the user has no home folder for a shared cache: name one with --cache-dir")]
    NoHome,
    /// Something is not as the cache would have made it.
    #[error("the shared cache does not trust {path}: it {problem}")]
    Untrusted {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The system refused.
    #[error("the shared cache cannot use {path}: {cause}")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What it said.
        cause: io::Error,
    },
    /// Another process has held the lock for longer than it can take.
    #[error("another process has held {path} for seconds")]
    Locked {
        /// The lock.
        path: PathBuf,
    },
}

impl Folder {
    /// Opens it, or makes it for its user alone.
    pub(super) fn open(path: PathBuf) -> Result<Self, SharedCacheError> {
        make(&path).map_err(|cause| failed(&path, cause))?;
        let found = fs::symlink_metadata(&path).map_err(|cause| failed(&path, cause))?;
        if let Some(problem) = distrust(&found, found.is_dir(), "is no folder") {
            return Err(SharedCacheError::Untrusted { path, problem });
        }
        Ok(Self { path })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// What a file holds. One that is missing, or not to be trusted, holds nothing: the next that is
    /// written takes its place.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, SharedCacheError> {
        let path = self.path(name);
        match read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(_) if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) => Ok(None),
            result => result.map_err(|cause| failed(&path, cause)),
        }
    }

    /// Writes a file, in place of the one that may be there.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), SharedCacheError> {
        let path = self.path(name);
        let written = self.in_it(|| write(&self.path, &path, content))?;
        written.map_err(|cause| failed(&path, cause))
    }

    /// A file to lock, which is made if it is not there. It stays, since it could be removed only
    /// while another process has it open.
    pub(super) fn lock_file(&self, name: &str) -> Result<File, SharedCacheError> {
        let path = self.path(name);
        let mut options = options();
        options.write(true).create(true).truncate(false);
        let opened = self.in_it(|| options.open(&path))?;
        let file = opened.map_err(|cause| failed(&path, cause))?;
        let found = file.metadata().map_err(|cause| failed(&path, cause))?;
        match distrust(&found, found.is_file(), "is no file") {
            Some(problem) => Err(SharedCacheError::Untrusted { path, problem }),
            None => Ok(file),
        }
    }

    /// A file that is there; `None` if it is not.
    pub(super) fn open_file(&self, name: &str) -> Result<Option<File>, SharedCacheError> {
        let path = self.path(name);
        match options().read(true).open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(failed(&path, cause)),
        }
    }

    /// The names of all files in it; those that are no text are not ours.
    pub(super) fn names(&self) -> Result<Vec<String>, SharedCacheError> {
        let entries = fs::read_dir(&self.path).map_err(|cause| failed(&self.path, cause))?;
        let names = entries.flatten().map(|entry| entry.file_name());
        Ok(names.flat_map(OsString::into_string).collect())
    }

    /// Makes something in the folder, and the folder once more if it has been removed meanwhile.
    fn in_it<R>(
        &self,
        make: impl Fn() -> io::Result<R>,
    ) -> Result<io::Result<R>, SharedCacheError> {
        match make() {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Self::open(self.path.clone())?;
                Ok(make())
            }
            result => Ok(result),
        }
    }

    /// Removes what nobody has written for two days. What the cache has not made stays, since users
    /// name folders that hold other things; and so does what cannot be removed.
    pub(super) fn sweep(&self, now: SystemTime) {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        for entry in entries {
            let Some(kept) = entry.file_name().to_str().and_then(kept_for) else {
                continue;
            };
            let written = entry.metadata().and_then(|found| found.modified());
            let age = written
                .ok()
                .and_then(|written| now.duration_since(written).ok());
            if age.is_some_and(|age| age > kept) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// How long a file of this name is kept; `None` if the cache gives no such name.
fn kept_for(name: &str) -> Option<Duration> {
    if name.starts_with(TEMPORARY) {
        return Some(ABANDONED);
    }
    let (stem, ending) = name.split_once('.')?;
    let is_ours = STALING.contains(&ending) && Uuid::try_parse(stem).is_ok();
    is_ours.then_some(STALE)
}

fn failed(path: &Path, cause: io::Error) -> SharedCacheError {
    let path = path.to_owned();
    SharedCacheError::Io { path, cause }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = options().read(true).open(path)?;
    let found = file.metadata()?;
    if distrust(&found, found.is_file(), "is no file").is_some() || found.len() > LONGEST_FILE {
        return Ok(None);
    }
    let mut content = Vec::new();
    file.take(LONGEST_FILE).read_to_end(&mut content)?;
    Ok(Some(content))
}

/// The temporary file is for its owner alone from the beginning, and is removed if anything fails.
fn write(folder: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if let Some(above) = path.parent() {
        fs::create_dir_all(above)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// A file that is made is its owner's alone; a symbolic link is not followed, a pipe not waited for.
#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let mut options = OpenOptions::new();
    options.mode(0o600).custom_flags(flags.cast_signed());
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    OpenOptions::new()
}

/// What is wrong with a folder or file, if anything is.
#[cfg(unix)]
fn distrust(found: &Metadata, is_kind: bool, other_kind: &'static str) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;
    if found.is_symlink() {
        Some("is a symbolic link")
    } else if !is_kind {
        Some(other_kind)
    } else if found.uid() != rustix::process::geteuid().as_raw() {
        Some("belongs to another user")
    } else if found.mode() & 0o077 != 0 {
        Some("is open to other users (chmod go= takes that away)")
    } else {
        None
    }
}

#[cfg(not(unix))]
fn distrust(found: &Metadata, is_kind: bool, other_kind: &'static str) -> Option<&'static str> {
    if found.is_symlink() {
        Some("is a symbolic link")
    } else if !is_kind {
        Some(other_kind)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;

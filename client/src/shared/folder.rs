//! A folder that only its owner can read, and files that are complete or absent.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use thiserror::Error;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Files are a few kilobytes; the cache does not write longer ones.
const LONGEST_FILE: u64 = 1024 * 1024;

/// A file that was written so long ago is of no use: tokens live for a day (documented).
const STALE: Duration = Duration::from_hours(48);

/// A file that is still being written after so long was left by a process that was killed.
const ABANDONED: Duration = Duration::from_mins(1);

/// The prefix of files that are being written.
const TEMPORARY: &str = ".imds-client-";

/// The endings of files that can be stale. Locks are not among them: they are empty and never written,
/// so their age does not show whether they are in use.
const STALING: [&str; 5] = ["token", "lease", "hold", "failure", "pace"];

/// A folder that belongs to its user alone.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

/// Why the shared cache cannot be used.
#[derive(Debug, Error)]
pub enum SharedCacheError {
    /// The user has no folder for it.
    #[error("the user has no home folder for a shared cache: name one with --cache-dir")]
    NoHome,
    /// The program runs by sudo, and `HOME` is that of the user who called it: files of root there would be in that
    /// user's way.
    #[error("{} is another user's: sudo -H has a home of its own, or name a folder by --cache-dir", .0.display())]
    OfAnother(PathBuf),
    /// A file or folder is not as the cache would have made it.
    #[error("the shared cache does not trust {path}: it {problem}")]
    Untrusted {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The operating system reported an error.
    #[error("the shared cache cannot use {path}: {cause}")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// The error.
        cause: io::Error,
    },
    /// Another process has held the lock for too long.
    #[error("another process has held {path} for seconds")]
    Locked {
        /// The lock.
        path: PathBuf,
    },
}

impl Folder {
    /// Opens the folder, or makes it for its user alone.
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

    /// The contents of a file. One that is missing or not trusted has none, and is replaced by the next
    /// write.
    pub(super) fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SharedCacheError> {
        let path = self.path(name);
        match read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(_) if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) => Ok(None),
            result => result.map_err(|cause| failed(&path, cause)),
        }
    }

    /// Writes a file, and replaces the one that may be there.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), SharedCacheError> {
        let path = self.path(name);
        let written = self.in_it(|| write(&self.path, &path, content))?;
        written.map_err(|cause| failed(&path, cause))
    }

    /// A file to lock, which is made if it is missing. It is never removed, since another process may
    /// have it open.
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

    /// An existing file; `None` if there is none.
    pub(super) fn open_file(&self, name: &str) -> Result<Option<File>, SharedCacheError> {
        let path = self.path(name);
        match options().read(true).open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(failed(&path, cause)),
        }
    }

    /// The names of all files in it, without those that are not text.
    pub(super) fn names(&self) -> Result<Vec<String>, SharedCacheError> {
        let entries = fs::read_dir(&self.path).map_err(|cause| failed(&self.path, cause))?;
        let names = entries.flatten().map(|entry| entry.file_name());
        Ok(names.flat_map(OsString::into_string).collect())
    }

    /// Makes something in the folder. If the folder has been removed meanwhile, it is made again.
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

    /// Removes files that were written more than two days ago. Files with other names than the cache
    /// gives stay, since users name folders with other contents; so do files that cannot be removed.
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

/// It is wiped from memory when it is dropped: it may hold a token.
fn read(path: &Path) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let file = options().read(true).open(path)?;
    let found = file.metadata()?;
    if distrust(&found, found.is_file(), "is no file").is_some() || found.len() > LONGEST_FILE {
        return Ok(None);
    }
    // With room to find its end in, so that it does not leave a part of a token behind by growing.
    let length = usize::try_from(found.len()).unwrap_or_default();
    let mut content = Zeroizing::new(Vec::with_capacity(length + 64));
    file.take(LONGEST_FILE).read_to_end(&mut content)?;
    Ok(Some(content))
}

/// The temporary file is for its owner alone from the start, and is removed if the write fails.
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

/// New files are for their owner alone. Symbolic links are not followed, and pipes do not block.
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

/// What is wrong with a folder or file, if anything.
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

//! Files that are written whole or not at all, and all of them or none.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use imds_emulator::document::visible::visible;
use thiserror::Error;

/// The file that could not be written.
#[derive(Debug, Error)]
#[error("cannot write {}", path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// A file's name, and what is to be in it.
pub(crate) type File = (&'static str, String);

/// Writes all files into the folder, text of others in them so that it controls no terminal, under names of their own first, and gives them their names once all
/// of them are written.
///
/// # Errors
/// If one cannot be written; those that had not their names yet are gone.
pub(crate) fn write_all<N: AsRef<str>>(
    folder: &Path,
    files: &[(N, String)],
) -> Result<(), WriteError> {
    let written = files.iter().try_for_each(|(name, text)| {
        let path = unfinished(folder, name.as_ref());
        fs::write(&path, &*visible(text)).map_err(|source| WriteError { path, source })
    });
    let named = written.and_then(|()| {
        files.iter().try_for_each(|(name, _)| {
            let path = folder.join(name.as_ref());
            fs::rename(unfinished(folder, name.as_ref()), &path)
                .map_err(|source| WriteError { path, source })
        })
    });
    named.inspect_err(|_| clear(folder, files))
}

/// What is not there need not be removed.
fn clear<N: AsRef<str>>(folder: &Path, files: &[(N, String)]) {
    for (name, _) in files {
        let _ = fs::remove_file(unfinished(folder, name.as_ref()));
    }
}

fn unfinished(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.tmp"))
}

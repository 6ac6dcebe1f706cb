//! The files that a scenario is in, and that it names.

use std::io;
use std::path::{Path, PathBuf};

use imds_client::user_file;
use thiserror::Error;

use crate::scenario::library;

/// Why the text of a scenario cannot be had.
#[derive(Debug, Error)]
pub(crate) enum Unreadable {
    /// There is such a file, or there should be.
    #[error("cannot read {}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// There is neither a file nor a scenario of the library with that name: the name is wrong.
    #[error(
        "there is no file {}, and the library has no scenario of that name: {}",
        path.display(),
        library::meant(&path.to_string_lossy())
    )]
    Unknown { path: PathBuf },
}

/// The text of the scenario in this file, or, where there is none, of the scenario of the library
/// with that name.
///
/// # Errors
/// If there is neither.
pub(crate) fn text(path: &Path) -> Result<String, Unreadable> {
    if let Some(entry) = entry(path) {
        return Ok(entry.text.to_owned());
    }
    user_file::read(path, user_file::LONGEST).map_err(|source| {
        let path = path.to_owned();
        let is_name = path.extension().is_none() && source.kind() == io::ErrorKind::NotFound;
        if is_name {
            Unreadable::Unknown { path }
        } else {
            Unreadable::File { path, source }
        }
    })
}

/// The scenario of the library with this name, unless there is a file of that name.
fn entry(path: &Path) -> Option<&'static library::LibraryScenario> {
    let entry = path.to_str().and_then(library::find);
    entry.filter(|_| !path.is_file())
}

/// Where a scenario's own files are: beside it, or in the library.
pub(super) struct Files {
    /// None for a scenario of the library; its recordings are there, too.
    folder: Option<PathBuf>,
}

impl Files {
    /// Those of the scenario of this name.
    pub(super) fn of(name: &str) -> Self {
        let path = Path::new(name);
        let folder = || path.parent().unwrap_or(Path::new("")).to_owned();
        Self {
            folder: entry(path).is_none().then(folder),
        }
    }

    /// The text of the file of this name. One that is not beside the scenario may be the library's, so
    /// that a copy of a scenario of the library can be run unchanged.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(super) fn read(&self, file: &str) -> Result<String, String> {
        let recording = || library::recording(file).map(str::to_owned);
        let Some(folder) = &self.folder else {
            return recording().ok_or_else(|| format!("cannot read {file}"));
        };
        let path = folder.join(file);
        user_file::read(&path, user_file::LONGEST).or_else(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            let recording = recording().filter(|_| missing);
            recording.ok_or_else(|| format!("cannot read {}: {error}", path.display()))
        })
    }
}

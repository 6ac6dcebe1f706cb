//! Files that are written whole or not at all, and all of them or none.

#[cfg(unix)]
use std::fs;
use std::io::{self, Write};
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};
use thiserror::Error;

use super::reader::Reader;

/// The file that could not be written.
#[derive(Debug, Error)]
#[error("cannot write {}", path.display())]
pub(crate) struct WriteError {
    path: PathBuf,
    source: io::Error,
}

/// A file's name, and what is to be in it.
pub(crate) type File = (&'static str, String);

/// Writes all files into the folder, as their reader reads text of others, under names of their own first, and gives them
/// their names once all of them are written.
///
/// # Errors
/// If one cannot be written; those that had not their names yet are gone.
pub(crate) fn write_all<N: AsRef<str>>(
    folder: &Path,
    files: &[(N, String)],
) -> Result<(), WriteError> {
    let written = files.iter().map(|(name, text)| {
        let written = unfinished(folder, name.as_ref(), text);
        Ok((of_file(folder, name.as_ref(), written)?, name.as_ref()))
    });
    let written = written.collect::<Result<Vec<_>, _>>()?;
    written.into_iter().try_for_each(|(file, name)| {
        let named = file.persist(folder.join(name)).map_err(|error| error.error);
        of_file(folder, name, named).map(|_| ())
    })
}

/// Writes a file of this name into the folder, in place of one that is there already, and so that it is there after the
/// system stops.
///
/// # Errors
/// If it cannot be written; then nothing is there that was not there before.
pub(crate) fn write_alone(folder: &Path, name: &str, text: &str) -> Result<PathBuf, WriteError> {
    let path = folder.join(name);
    let written = unfinished(folder, name, text).and_then(|file| {
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|error| error.error)
    });
    of_file(folder, name, written).map(|_| path)
}

fn of_file<T>(folder: &Path, name: &str, written: io::Result<T>) -> Result<T, WriteError> {
    written.map_err(|source| WriteError {
        path: folder.join(name),
        source,
    })
}

/// A file that has a name which no other process takes, so that two that write the same one at once do not harm each
/// other. It is gone unless it gets its own.
fn unfinished(folder: &Path, name: &str, text: &str) -> io::Result<NamedTempFile> {
    let prefix = format!("{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // The rights of any new file: others read it, as from a folder that machines share.
    #[cfg(unix)]
    builder.permissions(fs::Permissions::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(Reader::of_file(name).text(text).as_bytes())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::thread;

    use super::*;

    /// The file is one of the texts at each instant, and nothing else is left.
    #[test]
    fn a_file_that_several_write_at_once_is_whole_at_each_instant() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = |writer: u8| char::from(b'a' + writer).to_string().repeat(100_000);
        let path = write_alone(folder.path(), "one.json", &text(0)).expect("a folder");
        thread::scope(|scope| {
            for writer in 1..5 {
                let folder = folder.path();
                scope.spawn(move || {
                    for _ in 0..10 {
                        write_alone(folder, "one.json", &text(writer)).expect("a folder");
                    }
                });
            }
            for _ in 0..100 {
                let found = fs::read_to_string(&path).expect("it is there");
                assert!(
                    (0..5).any(|writer| found == text(writer)),
                    "{}",
                    found.len()
                );
            }
        });
        let files = fs::read_dir(folder.path()).expect("the folder");
        assert_eq!(files.count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let nowhere = folder.path().join("nowhere");
        let error = write_alone(&nowhere, "one.json", "text").expect_err("no folder");
        let expected = format!("cannot write {}", nowhere.join("one.json").display());
        assert_eq!(error.to_string(), expected);
    }
}

//! What the commands print, kept in files.

use std::fs;
use std::io;
use std::path::{self, Path, PathBuf};

use tempfile::TempDir;

/// A folder of files, one for each stream of each run.
#[derive(Debug)]
pub(crate) struct Outputs {
    folder: PathBuf,
    /// Removes the folder in the end, unless it was asked for.
    _temporary: Option<TempDir>,
}

impl Outputs {
    /// Within this folder, in one of its own called `output`; or, without one, among the temporary files
    /// until it is dropped.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(crate) fn new(folder: Option<&Path>) -> io::Result<Outputs> {
        let temporary = folder.is_none().then(tempfile::tempdir).transpose()?;
        let folder = match (&temporary, folder) {
            (Some(temporary), _) => temporary.path().to_owned(),
            (None, folder) => path::absolute(folder.unwrap_or(Path::new(".")).join("output"))?,
        };
        fs::create_dir_all(&folder)?;
        Ok(Outputs {
            folder,
            _temporary: temporary,
        })
    }

    /// Where the files are.
    #[must_use]
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files of standard output and standard error of a case's copy, the first being 0.
    #[must_use]
    pub(crate) fn of(&self, case: &str, copy: u32) -> (PathBuf, PathBuf) {
        let stem = match copy {
            0 => case.to_owned(),
            copy => format!("{case}-{}", copy + 1),
        };
        let file = |ending: &str| self.folder.join(format!("{stem}.{ending}"));
        (file("stdout"), file("stderr"))
    }

    /// The end of what a copy printed on both streams, each under a heading.
    #[must_use]
    pub(crate) fn told(&self, case: &str, copy: u32) -> String {
        let (stdout, stderr) = self.of(case, copy);
        let told = [("stdout", stdout), ("stderr", stderr)];
        let told = told.map(|(name, path)| format!("--- {case}: {name}\n{}", end_of(&path)));
        told.concat()
    }
}

/// The last lines, as text.
fn end_of(path: &Path) -> String {
    const LINES: usize = 20;
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    match last {
        [] => String::new(),
        last => last.join("\n") + "\n",
    }
}

//! The load generator with a console in memory, and the files that it is given.

use std::fs;
use std::path::{Path, PathBuf};

use imds_loadgen::{Console, run};
use tempfile::TempDir;

/// What the program printed, and its exit code.
#[derive(Debug)]
pub struct Ran {
    /// 0: passed; 1: an expectation was not met; 2: wrong usage or file; 3: it could not run.
    pub code: u8,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

/// The program with these arguments.
#[must_use]
pub fn loadgen(arguments: &[&str]) -> Ran {
    let mut console = Console::in_memory();
    let all = ["imds-loadgen"].iter().chain(arguments);
    let code = run(all.map(Into::into), &mut console);
    Ran {
        code,
        stdout: console.stdout().to_owned(),
        stderr: console.stderr().to_owned(),
    }
}

/// A folder of files, which one input after the other replaces.
#[derive(Debug)]
pub struct Files(TempDir);

impl Files {
    /// An empty folder.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Replaces a file, and returns its path.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).expect("a file that can be written");
        path
    }
}

impl Default for Files {
    fn default() -> Self {
        Self::new()
    }
}

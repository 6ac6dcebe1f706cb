//! The files that `exec` writes when the command has ended.

use std::fs::{self, OpenOptions};
use std::path::Path;

use anyhow::Context;

use super::evidence::Evidence;
use crate::cli::exit::Failure;

/// What is written, and where to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Files<'a> {
    pub(super) journal: Option<&'a Path>,
    pub(super) archive: Option<&'a Path>,
}

impl Files<'_> {
    /// Creates those that are not there, and changes no other.
    ///
    /// # Errors
    /// The first that cannot be written, before the command has run for nothing.
    pub(super) fn check(self) -> Result<(), Failure> {
        for file in self.journal.into_iter().chain(self.archive) {
            // A pipe or a device is not opened twice: its reader would see an end.
            if !fs::metadata(file).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
                let opened = OpenOptions::new().create(true).append(true).open(file);
                opened.with_context(|| failed(file))?;
            }
        }
        Ok(())
    }

    /// Writes all that can be written.
    ///
    /// # Errors
    /// If one could not be: each is reported on standard error.
    pub(super) fn write(self, evidence: &Evidence) -> Result<(), ()> {
        let journal = self.journal.map(|file| (file, evidence.journal()));
        let archive = self.archive.map(|file| (file, evidence.archive()));
        let mut all = Ok(());
        for (file, text) in journal.into_iter().chain(archive) {
            if let Err(error) = fs::write(file, text).with_context(|| failed(file)) {
                Failure::from(error).print();
                all = Err(());
            }
        }
        all
    }
}

fn failed(file: &Path) -> String {
    format!("cannot write {}", file.display())
}

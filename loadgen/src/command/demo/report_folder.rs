//! The folder of the demo's reports; it holds nothing else.

use std::path::{Path, PathBuf};
use std::{fs, io};

use tempfile::TempDir;
use thiserror::Error;

use super::part::REMEDIES;
use super::{Demo, PartResult, page};
use crate::report::Document;
use crate::report::files::{self, WriteError};
use crate::report::format::Format;
use crate::report::html::remedies::of_remedies;
use crate::report::made::Made;

/// Why there is no folder for the reports.
#[derive(Debug, Error)]
pub(crate) enum ReportFolderError {
    /// There is something in it that would be mixed with the reports, or written over; or it is a file.
    #[error("expected a folder that is empty or not there yet, and {} is neither", .0.display())]
    NotEmpty(PathBuf),
    /// It cannot be made, or looked into.
    #[error("cannot make {}", path.display())]
    Unmakable { path: PathBuf, source: io::Error },
    /// A report cannot be written.
    #[error(transparent)]
    Unwritten(#[from] WriteError),
}

/// The folder of one demo.
#[derive(Debug)]
pub(crate) struct ReportFolder {
    path: PathBuf,
    /// A new temporary folder, deleted unless the reports are written into it.
    new: Option<TempDir>,
}

impl ReportFolder {
    /// The folder that was asked for, or a new one among the system's temporary files.
    ///
    /// # Errors
    /// If it cannot be made, or anything is in it.
    pub(crate) fn open(out: Option<&Path>) -> Result<Self, ReportFolderError> {
        match out {
            Some(path) => Self::at(path),
            None => Self::anew(),
        }
    }

    fn at(path: &Path) -> Result<Self, ReportFolderError> {
        let unmakable = |source| ReportFolderError::Unmakable {
            path: path.to_owned(),
            source,
        };
        if path.is_file() {
            return Err(ReportFolderError::NotEmpty(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(unmakable)?;
        let mut inside = fs::read_dir(path).map_err(unmakable)?;
        if inside.next().is_some() {
            return Err(ReportFolderError::NotEmpty(path.to_owned()));
        }
        let path = path.canonicalize().map_err(unmakable)?;
        Ok(Self { path, new: None })
    }

    fn anew() -> Result<Self, ReportFolderError> {
        let new = tempfile::Builder::new()
            .prefix("imds-loadgen-demo-")
            .tempdir();
        let new = new.map_err(|source| ReportFolderError::Unmakable {
            path: std::env::temp_dir(),
            source,
        })?;
        Ok(Self {
            path: new.path().to_owned(),
            new: Some(new),
        })
    }

    /// Writes a folder for each part, and the page that shows them side by side, whose path it returns.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(crate) fn write(self, demo: &Demo) -> Result<PathBuf, ReportFolderError> {
        for finished in &demo.parts {
            self.write_part(finished)?;
        }
        let remedies = demo.remedies.as_ref().map(of_remedies);
        let remedies = remedies.map(|page| (REMEDIES, page));
        let pages: Vec<_> = remedies
            .into_iter()
            .chain([("index.html", page::page(demo))])
            .collect();
        files::write_all(&self.path, &pages)?;
        if let Some(new) = self.new {
            let _ = new.keep();
        }
        Ok(self.path.join("index.html"))
    }

    fn write_part(&self, finished: &PartResult) -> Result<(), ReportFolderError> {
        let path = self.path.join(finished.part.name);
        fs::create_dir(&path).map_err(|source| ReportFolderError::Unmakable {
            path: path.clone(),
            source,
        })?;
        let document = Document::Run(&finished.result);
        files::write_all(
            &path,
            &document.files(&[Format::Html], Made::by(finished.replay())),
        )?;
        Ok(())
    }
}

//! Reads the documents of earlier runs from files: a result, a summary of many runs or a shard of them, a plan, or remedies.

use std::io;
use std::path::{Path, PathBuf};

use imds_client::user_file;
use serde::Deserialize;
use serde::de::IgnoredAny;
use thiserror::Error;

use crate::result::plan::Answer;
use crate::result::reading::ReadError;
use crate::result::remedies::Remedies;
use crate::result::run::RunResult;
use crate::result::shard::Shard;
use crate::result::summary::{Summary, counts};
use crate::scenario::library;

/// The longest document, in bytes (assumed: more than that of any run of the library).
pub(crate) const LONGEST: u64 = 256 << 20;

/// A document of an earlier run.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    Run(Box<RunResult>),
    Runs(Box<Summary>),
    Plan(Box<Answer>),
    Remedies(Box<Remedies>),
}

/// What can be merged with others of its kind.
#[derive(Clone, Debug)]
pub(crate) enum Mergeable {
    /// A part of many runs.
    Shard(Box<Shard>),
    /// The result of one run.
    Result(Box<RunResult>),
}

/// Why there is no such document.
#[derive(Debug, Error)]
pub(crate) enum StoredError {
    /// The name is that of a scenario, not of a result.
    #[error(
        "expected a result.json, and {0} is a scenario: \
         imds-loadgen simulate {0} --out DIR writes DIR/result.json"
    )]
    Scenario(&'static str),
    /// The name is that of a folder, and such a file may be in it.
    #[error("expected a file such as {}, not a folder", .0.display())]
    Folder(PathBuf),
    /// The name is that of a folder, and files that can be merged may be in it.
    #[error(
        "expected a file such as {} or {}, not a folder",
        .0.join("shard-1-of-6.json").display(),
        .0.join("result.json").display()
    )]
    FolderToMerge(PathBuf),
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// It holds a part of many runs.
    #[error(
        "{}: expected a whole document, and this is a shard of many runs: \
         imds-loadgen merge FILE... --out DIR writes DIR/summary.json of all shards",
        .0.display()
    )]
    Shard(PathBuf),
    /// The file holds something else.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file holds another kind.
    #[error("{}: expected {expected}, not {found}", path.display())]
    Kind {
        path: PathBuf,
        expected: &'static str,
        found: &'static str,
    },
}

/// What only a shard has, a summary and remedies, a plan alone, and a plan and remedies.
#[derive(Deserialize)]
struct Head {
    index: Option<IgnoredAny>,
    runs: Option<IgnoredAny>,
    sought: Option<IgnoredAny>,
    rows: Option<IgnoredAny>,
}

impl Head {
    const NONE: Self = Self {
        index: None,
        runs: None,
        sought: None,
        rows: None,
    };
}

impl Stored {
    /// Reads whichever of them is in the file.
    ///
    /// # Errors
    /// If it is none.
    pub(crate) fn read(path: &Path) -> Result<Self, StoredError> {
        let (name, text) = (path.display().to_string(), text(path)?);
        let head: Option<Head> = serde_json::from_str(&text).ok();
        let head = head.unwrap_or(Head::NONE);
        if head.index.is_some() {
            return Err(StoredError::Shard(path.to_owned()));
        }
        Ok(if head.sought.is_some() {
            Self::Plan(Box::new(Answer::from_json(&name, &text)?))
        } else if head.rows.is_some() {
            Self::Remedies(Box::new(Remedies::from_json(&name, &text)?))
        } else if head.runs.is_some() {
            Self::Runs(Box::new(counts::read(&name, &text)?))
        } else {
            Self::Run(Box::new(RunResult::from_json(&name, &text)?))
        })
    }

    /// The command that repeats the run, if the document has it.
    #[must_use]
    pub(crate) fn replay(&self) -> Option<&str> {
        match self {
            Self::Run(result) => result.replay.as_deref(),
            Self::Runs(summary) => summary.replay.as_deref(),
            Self::Plan(answer) => Some(&answer.replay),
            Self::Remedies(remedies) => Some(&remedies.replay),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Run(_) => "the result of one run",
            Self::Runs(_) => "the summary of many runs",
            Self::Plan(_) => "a plan",
            Self::Remedies(_) => "the remedies for a scenario",
        }
    }
}

/// Reads a result.
///
/// # Errors
/// If there is none in the file.
pub(crate) fn result(path: &Path) -> Result<RunResult, StoredError> {
    match Stored::read(path)? {
        Stored::Run(result) => Ok(*result),
        other => Err(other_kind(path, "the result of one run", &other)),
    }
}

/// Reads a summary.
///
/// # Errors
/// If there is none in the file.
pub(crate) fn summary(path: &Path) -> Result<Summary, StoredError> {
    match Stored::read(path)? {
        Stored::Runs(summary) => Ok(*summary),
        other => Err(other_kind(path, "the summary of many runs", &other)),
    }
}

/// Reads a shard or a result.
///
/// # Errors
/// If there is neither in the file.
pub(crate) fn mergeable(path: &Path) -> Result<Mergeable, StoredError> {
    match Stored::read(path) {
        Ok(Stored::Run(result)) => Ok(Mergeable::Result(result)),
        Ok(other) => Err(other_kind(path, "a shard or the result of one run", &other)),
        Err(StoredError::Shard(_)) => {
            let shard = Shard::from_json(&path.display().to_string(), &text(path)?)?;
            Ok(Mergeable::Shard(Box::new(shard)))
        }
        Err(StoredError::Folder(_)) => Err(StoredError::FolderToMerge(path.to_owned())),
        Err(error) => Err(error),
    }
}

fn other_kind(path: &Path, expected: &'static str, found: &Stored) -> StoredError {
    StoredError::Kind {
        path: path.to_owned(),
        expected,
        found: found.kind(),
    }
}

fn text(path: &Path) -> Result<String, StoredError> {
    let entry = path.to_str().and_then(library::find);
    user_file::read(path, LONGEST).map_err(|source| match entry {
        _ if path.is_dir() => StoredError::Folder(path.join("result.json")),
        Some(entry) => StoredError::Scenario(entry.name),
        None => StoredError::Unreadable {
            path: path.to_owned(),
            source,
        },
    })
}

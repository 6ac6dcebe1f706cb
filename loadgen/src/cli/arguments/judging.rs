//! The arguments of what reads results: comparing, explaining, schemas.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::report::format::Format;
use crate::result::compare::Tolerance;

/// What a run is held against, beyond its expectations.
#[derive(Debug, Args)]
pub struct Baseline {
    /// Compare with this earlier result.json, or summary.json for many runs; exit code 1 if a figure got
    /// worse.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// How to compare.
    #[command(flatten)]
    pub comparing: Comparing,
}

/// How to compare.
#[derive(Debug, Args)]
pub struct Comparing {
    /// By how much a figure may get worse: PATH=10% of the base, or PATH=50 in its own unit.
    ///
    /// May be given many times. By default 10% and at least 100 ms for times, 10% for counts, 0.01 for
    /// ratios, nothing for failures.
    #[arg(long, value_name = "PATH=AMOUNT")]
    pub tolerance: Vec<Tolerance>,
    /// Compare even if the results are of different scenarios, modes or numbers of sessions or runs.
    #[arg(long)]
    pub different: bool,
}

/// `compare`
#[derive(Debug, Args)]
pub struct Compare {
    /// The result.json or summary.json that is held to be good.
    pub base: PathBuf,
    /// The one that is judged, of the same kind.
    pub new: PathBuf,
    /// How to compare.
    #[command(flatten)]
    pub comparing: Comparing,
    /// What to print: text, json or markdown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A result.json.
    pub result: PathBuf,
    /// The session's number, from 0.
    #[arg(long, value_name = "N")]
    pub session: u32,
}

/// `report`
#[derive(Debug, Args)]
pub struct Report {
    /// A result.json, or a summary.json of many runs.
    pub result: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `schema`
#[derive(Debug, Args)]
pub struct PrintSchema {
    /// Of which document.
    #[arg(value_enum)]
    pub document: Documented,
    /// As rows of a Markdown table instead: key, type and meaning.
    #[arg(long)]
    pub table: bool,
}

/// The documents with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Documented {
    /// The result of a run.
    Result,
    /// The comparison of two results or of two summaries.
    Comparison,
    /// The summary of many runs.
    Summary,
    /// A scenario, for editors.
    Scenario,
}

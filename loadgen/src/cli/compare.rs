//! `imds-loadgen compare`: two results, two summaries, or a run beside simulated ones.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::baseline::{Comparing, not_stored};
use super::failure::Failure;
use crate::report;
use crate::report::console::Console;
use crate::report::reader::Reader;
use crate::result::compare::documents::documents;
use crate::result::stored::Stored;
use crate::result::verdict::Verdict;

/// `compare`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Compare {
    /// The result.json or summary.json that is held to be good.
    pub base: PathBuf,
    /// The one that is judged, of the same kind; or the result.json of one run beside the summary.json of many simulated
    /// ones, to see at which of their quantiles it lies.
    pub new: PathBuf,
    /// How to compare.
    #[command(flatten)]
    pub comparing: Comparing,
    /// What to print.
    #[arg(long, value_enum, default_value_t = ComparisonFormat::Text)]
    pub format: ComparisonFormat,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen compare base/result.json new/result.json --tolerance makespan_ms=5%
  imds-loadgen compare sim/summary.json live/result.json";

/// The forms of a comparison.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ComparisonFormat {
    /// A report to read.
    Text,
    /// The comparison as a document.
    Json,
    /// Markdown, for the summary of a CI job.
    Markdown,
    /// XML as junit writes it: a case for each figure.
    Junit,
}

impl Compare {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let read = |path: &Path| Stored::read(path).map_err(not_stored);
        let (base, new) = (read(&self.base)?, read(&self.new)?);
        let Comparing {
            tolerance,
            different,
        } = &self.comparing;
        let comparison = documents(&base, &new, tolerance, *different);
        let comparison = comparison.map_err(Failure::usage)?;
        let text = match self.format {
            ComparisonFormat::Text => report::comparison::text(&comparison),
            ComparisonFormat::Json => report::json(&comparison),
            ComparisonFormat::Markdown => report::markdown::of_comparison(&comparison),
            ComparisonFormat::Junit => report::junit::of_comparison(&comparison),
        };
        let reader = match self.format {
            ComparisonFormat::Junit => Reader::Program,
            _ => Reader::Person,
        };
        let printed = console.print_result(&text, reader);
        printed.map_err(Failure::not_printed)?;
        Ok(comparison.verdict)
    }
}

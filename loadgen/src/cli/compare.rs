//! `imds-loadgen compare`: two results, two summaries, or a run beside simulated ones.

use std::path::{Path, PathBuf};

use clap::Args;

use super::baseline::{Comparing, not_stored};
use super::failure::Failure;
use crate::report;
use crate::report::console::Console;
use crate::report::format::Format;
use crate::result::compare::documents::documents;
use crate::result::stored::Stored;
use crate::result::verdict::Verdict;

/// `compare`
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The result.json or summary.json that is held to be good.
    pub base: PathBuf,
    /// The one that is judged, of the same kind; or the result.json of one run beside the summary.json of many simulated
    /// ones, to see at which of their quantiles it lies.
    pub new: PathBuf,
    /// How to compare.
    #[command(flatten)]
    pub comparing: Comparing,
    /// What to print: text, json, markdown or junit.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
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
        let text = report::compared(&comparison, self.format);
        let text =
            text.ok_or_else(|| Failure::expected("--format text, json, markdown or junit"))?;
        console.print(&text).map_err(Failure::not_printed)?;
        Ok(comparison.verdict)
    }
}

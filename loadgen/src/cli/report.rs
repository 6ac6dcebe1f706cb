//! `imds-loadgen report`: an earlier result in another format.

use std::path::PathBuf;

use clap::Args;

use super::baseline::not_stored;
use super::failure::Failure;
use crate::report::Document;
use crate::report::console::Console;
use crate::report::format::Format;
use crate::result::stored::Stored;
use crate::result::verdict::Verdict;

/// `report`
#[derive(Debug, Args)]
pub(super) struct Report {
    /// A result.json, or a summary.json of many runs.
    pub result: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

impl Report {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let stored = Stored::read(&self.result).map_err(not_stored)?;
        let replay = stored.replay().unwrap_or("not known to this document");
        let text = Document::from(&stored).render(self.format, replay);
        console.print(&text).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }
}

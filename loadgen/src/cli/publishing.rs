//! What `run`, `simulate` and `herd` make of a result.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::failure::Failure;
use crate::report::Document;
use crate::report::console::Console;
use crate::report::files::{File, write_all};
use crate::report::format::Format;
use crate::report::made::Made;

/// What to make of the result.
#[derive(Debug, Args)]
pub(super) struct Publishing {
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write result.json (summary.json and runs.csv for many runs) into this folder, which is made if need be.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write these reports there too: report.txt, sessions.csv with attempts.csv and timeline.csv,
    /// junit.xml, summary.md, report.html.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        value_name = "FORMATS",
        requires = "out"
    )]
    pub report: Vec<Format>,
}

impl Publishing {
    /// Makes the folder before the run, so that no result is lost to a folder that cannot be made.
    pub(super) fn make_folder(&self) -> Result<(), Failure> {
        let Some(folder) = &self.out else {
            return Ok(());
        };
        let made =
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()));
        made.map_err(Failure::could_not_run)
    }

    /// Prints the document and writes its files. Prints first, so that a folder that cannot be written loses
    /// nothing.
    pub(super) fn publish(
        &self,
        document: Document,
        made: Made,
        console: &mut Console,
    ) -> Result<(), Failure> {
        self.publish_with(document, vec![], made, console)
    }

    /// The same, with more files.
    pub(super) fn publish_with(
        &self,
        document: Document,
        more: Vec<File>,
        made: Made,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let rendered = document.render(self.format, made);
        let printed = console.print_result(&rendered, self.format.reader());
        if let Some(folder) = &self.out {
            let mut files = document.files(&self.report, made);
            files.extend(more);
            write_all(folder, &files).map_err(Failure::could_not_run)?;
        }
        printed.map_err(Failure::not_printed)
    }
}

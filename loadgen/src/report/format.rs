//! The formats of reports.

use clap::ValueEnum;

use super::reader::Reader;

/// What to print on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A report to read.
    Text,
    /// The result document.
    Json,
    /// A row for each session whose story is kept; of many runs, for each figure.
    Csv,
    /// XML as junit writes it: a case for each expectation.
    Junit,
    /// Markdown, for the summary of a CI job.
    Markdown,
    /// One page with charts, for a browser.
    Html,
}

impl Format {
    /// What reads it.
    pub(crate) fn reader(self) -> Reader {
        match self {
            Self::Csv | Self::Junit => Reader::Program,
            Self::Text | Self::Json | Self::Markdown | Self::Html => Reader::Person,
        }
    }
}

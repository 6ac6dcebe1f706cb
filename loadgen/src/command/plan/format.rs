//! The formats of answers.

use clap::ValueEnum;

/// What to print on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// A table to read.
    Text,
    /// The same for a page or a job's summary.
    Markdown,
    /// One row for each policy and case, or for each try.
    Csv,
    /// The document, with every case or try.
    Json,
}

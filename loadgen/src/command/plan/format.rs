//! The formats of answers.

use clap::ValueEnum;

/// What `plan policy` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// A table to read.
    Text,
    /// The same for a page or a job's summary.
    Markdown,
    /// One row for each policy and case.
    Csv,
    /// The document, with every case.
    Json,
}

/// What the other plans print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// A report to read.
    Text,
    /// The same for a page or a job's summary.
    Markdown,
    /// One row for each try.
    Csv,
    /// The document, with every try and every row.
    Json,
    /// A page for a browser, with charts.
    Html,
}

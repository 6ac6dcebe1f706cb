//! Renderings of a result. They do no arithmetic: what they show is in the document.

mod commands;
pub(crate) mod comparison;
pub(crate) mod console;
pub(crate) mod csv;
pub(crate) mod files;
pub(crate) mod format;
pub(crate) mod html;
pub(crate) mod import;
pub(crate) mod junit;
pub(crate) mod length;
pub(crate) mod limits;
pub(crate) mod made;
pub(crate) mod markdown;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod reader;
pub(crate) mod remedies;
pub(crate) mod schedule;
pub(crate) mod summary;
pub(crate) mod table;
pub(crate) mod text;

use serde::Serialize;

use self::files::File;
use self::made::Made;
use crate::report::format::Format;
use crate::result::run::RunResult;
use crate::result::summary::Summary;

/// What is rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Document<'d> {
    Run(&'d RunResult),
    Runs(&'d Summary),
}

impl Document<'_> {
    /// The document in a format. Beside an earlier result there is a comparison in text, Markdown and `JUnit`.
    #[must_use]
    pub(crate) fn render(self, format: Format, made: Made) -> String {
        let replay = made.replay;
        let rendered = match (self, format) {
            (Self::Run(result), Format::Text) => text::text(result, replay),
            (Self::Run(result), Format::Json) => json(result),
            (Self::Run(result), Format::Csv) if !result.sources.is_empty() => csv::sources(result),
            (Self::Run(result), Format::Csv) => csv::sessions(result),
            (Self::Run(result), Format::Junit) => return junit::junit(result, made),
            (Self::Run(result), Format::Markdown) => markdown::markdown(result, replay),
            (Self::Run(result), Format::Html) => html::html(result, replay),
            (Self::Runs(summary), Format::Text) => summary::text(summary, replay),
            (Self::Runs(summary), Format::Json) => json(summary),
            (Self::Runs(summary), Format::Csv) => csv::of_runs(summary),
            (Self::Runs(summary), Format::Junit) => return junit::of_runs(summary, made),
            (Self::Runs(summary), Format::Markdown) => markdown::of_runs(summary, replay),
            (Self::Runs(summary), Format::Html) => html::of_runs(summary, replay),
        };
        let compared = match (made.comparison, format) {
            (Some(comparison), Format::Text) => comparison::text(comparison),
            (Some(comparison), Format::Markdown) => markdown::of_comparison(comparison),
            _ => return rendered,
        };
        format!("{rendered}\n{compared}")
    }

    /// The document as JSON, and the reports asked for, each with the name of its file.
    #[must_use]
    pub(crate) fn files(self, reports: &[Format], made: Made) -> Vec<File> {
        let json = match self {
            Self::Run(_) => "result.json",
            Self::Runs(_) => "summary.json",
        };
        let mut files = vec![(json, self.render(Format::Json, made))];
        for format in reports {
            let name = match (self, format) {
                (_, Format::Json) => continue,
                (_, Format::Text) => "report.txt",
                (_, Format::Junit) => "junit.xml",
                (_, Format::Markdown) => "summary.md",
                (_, Format::Html) => "report.html",
                (Self::Runs(_), Format::Csv) => "summary.csv",
                (Self::Run(result), Format::Csv) if !result.sources.is_empty() => "sources.csv",
                (Self::Run(result), Format::Csv) => {
                    files.push(("attempts.csv", csv::attempts(result)));
                    files.push(("timeline.csv", csv::timeline(result)));
                    "sessions.csv"
                }
            };
            files.push((name, self.render(*format, made)));
        }
        files
    }
}

/// A document as JSON, keys in their documented order, with a newline at the end.
///
/// # Panics
/// Never: documents have string keys and no parts that fail.
#[must_use]
pub(crate) fn json(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("a document has string keys");
    text.push('\n');
    text
}

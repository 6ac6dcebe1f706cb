//! `imds-loadgen report`: an earlier result in another format.

use std::path::PathBuf;

use clap::Args;

use super::baseline::not_stored;
use super::failure::Failure;
use crate::report::console::Console;
use crate::report::format::Format;
use crate::report::made::Made;
use crate::report::{self, Document};
use crate::result::plan::Answer;
use crate::result::remedies::Remedies;
use crate::result::stored::Stored;
use crate::result::verdict::Verdict;

/// `report`
#[derive(Debug, Args)]
#[command(after_help = "Example: imds-loadgen report out/result.json --format html >report.html")]
pub(super) struct Report {
    /// A result.json, a summary.json of many runs, a plan.json, or a remedies.json.
    pub result: PathBuf,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

impl Report {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let stored = Stored::read(&self.result).map_err(not_stored)?;
        let made = Made::by(stored.replay().unwrap_or("not known to this document"));
        let text = match &stored {
            Stored::Run(result) => Document::Run(result).render(self.format, made),
            Stored::Runs(summary) => Document::Runs(summary).render(self.format, made),
            Stored::Plan(answer) => self.of_plan(answer)?,
            Stored::Remedies(remedies) => self.of_remedies(remedies)?,
        };
        let printed = console.print_result(&text, self.format.reader());
        printed.map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }

    fn of_plan(&self, answer: &Answer) -> Result<String, Failure> {
        Ok(match self.format {
            Format::Text => report::plan::text(answer),
            Format::Markdown => report::plan::markdown(answer),
            Format::Csv => report::plan::csv(answer),
            Format::Json => report::json(answer),
            Format::Html => report::html::plan::of_plan(answer),
            Format::Junit => {
                let expected = "another format: a plan has no expectations, each of which would be a case of junit";
                return Err(Failure::expected(expected));
            }
        })
    }

    fn of_remedies(&self, remedies: &Remedies) -> Result<String, Failure> {
        Ok(match self.format {
            Format::Text => report::remedies::text(remedies),
            Format::Markdown => report::remedies::markdown(remedies),
            Format::Json => report::json(remedies),
            Format::Html => report::html::remedies::of_remedies(remedies),
            Format::Csv | Format::Junit => {
                let expected = "text, markdown, json or html: remedies are one table, without a row for each session or expectation";
                return Err(Failure::expected(expected));
            }
        })
    }
}

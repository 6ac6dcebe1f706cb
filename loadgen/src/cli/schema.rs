//! `imds-loadgen schema`: the published shapes of what this program reads and writes. Those of documents are
//! JSON schemas made of the types themselves; that of scenarios is written by hand.

mod reference;
mod scenario;

use clap::{Args, ValueEnum};
use schemars::{Schema, schema_for};
use serde_json::Value;

use super::failure::Failure;
use crate::report;
use crate::report::console::Console;
use crate::result::compare::Comparison;
use crate::result::import::Imported;
use crate::result::plan::Answer;
use crate::result::remedies::Remedies;
use crate::result::run::RunResult;
use crate::result::schedule::Schedule;
use crate::result::shard::Shard;
use crate::result::summary::Summary;
use crate::result::verdict::Verdict;

/// `schema`
#[derive(Debug, Args)]
#[command(after_help = "Example: imds-loadgen schema scenario >scenario.schema.json")]
pub(super) struct PrintSchema {
    /// Of which document.
    #[arg(value_enum)]
    pub document: Documented,
    /// As rows of a Markdown table instead: key, type and meaning.
    #[arg(long)]
    pub table: bool,
}

/// The documents with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Documented {
    /// The result of a run.
    Result,
    /// The comparison of two results or of two summaries.
    Comparison,
    /// The summary of many runs.
    Summary,
    /// A shard of many runs.
    Shard,
    /// The answer of a plan.
    Plan,
    /// What each remedy does to a scenario.
    Remedies,
    /// What was imported, and the worst minute.
    Import,
    /// A schedule of `plan --emit json`.
    Schedule,
    /// A scenario, for editors.
    Scenario,
}

impl PrintSchema {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let schema = self.document.schema();
        let text = if self.table {
            reference::rows(&schema)
        } else {
            report::json(&schema)
        };
        console.print(&text).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }
}

impl Documented {
    fn schema(self) -> Value {
        match self {
            Self::Result => titled(schema_for!(RunResult), "A result of imds-loadgen"),
            Self::Comparison => titled(schema_for!(Comparison), "A comparison by imds-loadgen"),
            Self::Summary => titled(
                schema_for!(Summary),
                "A summary of many runs by imds-loadgen",
            ),
            Self::Shard => titled(schema_for!(Shard), "A shard of many runs by imds-loadgen"),
            Self::Plan => titled(schema_for!(Answer), "A plan by imds-loadgen"),
            Self::Schedule => titled(schema_for!(Schedule), "Schedule by imds-loadgen"),
            Self::Import => titled(schema_for!(Imported), "An import by imds-loadgen"),
            Self::Remedies => titled(schema_for!(Remedies), "Remedies by imds-loadgen"),
            Self::Scenario => scenario::scenario(),
        }
    }
}

fn titled(mut schema: Schema, title: &str) -> Value {
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

//! The published shapes of what this program reads and writes: of documents as JSON schemas made of the types
//! themselves, of scenarios by hand.

pub mod reference;
mod scenario;

use schemars::{Schema, schema_for};

use crate::cli::arguments::Documented;
use crate::report;
use crate::result::compare::Comparison;
use crate::result::run::RunResult;
use crate::result::summary::Summary;

pub use self::scenario::scenario;

/// The schema of a document as it is printed: as JSON, or as rows of a Markdown table.
#[must_use]
pub fn text(document: Documented, table: bool) -> String {
    let schema = match document {
        Documented::Result => result().to_value(),
        Documented::Comparison => comparison().to_value(),
        Documented::Summary => summary().to_value(),
        Documented::Scenario => scenario(),
    };
    if table {
        reference::rows(&schema)
    } else {
        report::json(&schema)
    }
}

/// The schema of `result.json`.
#[must_use]
pub fn result() -> Schema {
    titled(schema_for!(RunResult), "A result of imds-loadgen")
}

/// The schema of `comparison.json`.
#[must_use]
pub fn comparison() -> Schema {
    titled(schema_for!(Comparison), "A comparison by imds-loadgen")
}

/// The schema of `summary.json`.
#[must_use]
pub fn summary() -> Schema {
    titled(
        schema_for!(Summary),
        "A summary of many runs by imds-loadgen",
    )
}

fn titled(mut schema: Schema, title: &str) -> Schema {
    schema.insert("title".to_owned(), title.into());
    schema
}

//! The published shapes of what this program writes, as JSON schemas made of the types themselves.

pub mod reference;

use schemars::{Schema, schema_for};

use crate::compare::Comparison;
use crate::result::RunResult;

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

fn titled(mut schema: Schema, title: &str) -> Schema {
    schema.insert("title".to_owned(), title.into());
    schema
}

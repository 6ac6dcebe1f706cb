//! The part of the result on the scripts' steps.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::Record;
use crate::scenario::script::StepKind;

/// How the steps that can fail fared, by their kind: every such step that was ended, of all groups.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct StepsResult(pub BTreeMap<String, StepResult>);

/// How the steps of one kind fared.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepResult {
    /// Those that succeeded, at whichever try.
    pub succeeded: u64,
    /// Those that failed, with their last try.
    pub failed: u64,
    /// Tries beyond the first ones, as scripts' own retries make them.
    pub retries: u64,
    /// Failed ones by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
}

impl StepsResult {
    pub(super) fn new(record: &Record) -> Self {
        let steps = StepKind::FALLIBLE.iter().map(|kind| {
            let count = record.steps.get(kind).cloned().unwrap_or_default();
            let result = StepResult {
                succeeded: count.succeeded,
                failed: count.failed(),
                retries: count.retries,
                by_failure: count.by_failure,
            };
            (kind.name().to_owned(), result)
        });
        Self(steps.collect())
    }
}

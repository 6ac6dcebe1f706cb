//! Whether a run, a comparison or a check passed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a run ended as its scenario expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// Every expectation is met.
    Passed,
    /// An expectation is not met, or the run was cut short.
    Failed,
}

impl Verdict {
    /// Passed if both are.
    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::Passed { other } else { self }
    }
}

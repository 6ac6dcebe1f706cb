//! The work of a session whose story is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::distribution::ms;
use crate::record::processor::Worked;

/// Work on the processor that the sessions share.
#[expect(clippy::struct_field_names, reason = "fields are keys of the document")]
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct WorkTrace {
    /// When it began.
    pub began_ms: f64,
    /// When it was done.
    pub ended_ms: f64,
    /// How long it takes with a core of its own.
    pub work_ms: f64,
}

impl WorkTrace {
    pub(super) fn of(worked: &Worked) -> Self {
        Self {
            began_ms: ms(worked.began),
            ended_ms: ms(worked.ended),
            work_ms: ms(worked.length),
        }
    }
}

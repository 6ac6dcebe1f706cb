//! The part of the result on what stood between a group's sessions and IMDS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::GroupRecord;
use crate::record::distribution::Percentiles;
use crate::scenario::definition::Group;

/// A remedy, and what it did.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ThroughResult {
    /// The command that does it: `imds-client exec --at-once 5 --rate 19/s`, `imds-client serve`, or
    /// `imds-client token --shared-cache --pace`.
    pub remedy: String,
    /// How long the sessions have waited at the gate, and never those that still waited when the run ended; left out: it
    /// is no gate. No other length of time of a session's steps counts that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_ms: Option<Percentiles>,
}

impl ThroughResult {
    pub(super) fn of(group: &Group, counts: &GroupRecord) -> Option<Self> {
        let through = group.through.as_ref()?;
        Some(Self {
            remedy: through.to_string(),
            waited_ms: through.gate().map(|_| counts.at_gate.percentiles()),
        })
    }
}

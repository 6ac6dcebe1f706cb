//! The part of the result on what stood between a group's sessions and IMDS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::GroupRecord;
use crate::record::distribution::Percentiles;
use crate::scenario::definition::Group;
use crate::scenario::through::{Gate, Through};

/// A remedy, and what it did.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ThroughResult {
    /// The command that does it: `imds-client exec --at-once 5 --rate 19/s`, `imds-client serve`, or
    /// `imds-client token --shared-cache --pace`.
    pub remedy: String,
    /// Which of them.
    pub kind: ThroughKind,
    /// How many run at once behind the gate; left out: any number, or it is no gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_once: Option<usize>,
    /// How many start behind the gate, as the scenario has it: `19/s`; left out: they are not spaced, or it is no gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// How the broker retries; left out: as by default, or it is no broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// Whether the client paces its requests; left out: it is no client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<bool>,
    /// How long the sessions have waited at the gate, and never those that still waited when the run ended; left out: it
    /// is no gate. No other length of time of a session's steps counts that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waited_ms: Option<Percentiles>,
}

/// What sessions can go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ThroughKind {
    /// A queue of commands.
    Gate,
    /// A broker.
    Broker,
    /// The client with a shared cache, a pace, or both.
    Client,
}

impl ThroughKind {
    fn of(through: &Through) -> Self {
        match through {
            Through::Gate(_) => Self::Gate,
            Through::Broker(_) => Self::Broker,
            Through::Client(_) => Self::Client,
        }
    }
}

impl ThroughResult {
    pub(super) fn of(group: &Group, counts: &GroupRecord) -> Option<Self> {
        let through = group.through.as_ref()?;
        let starts = through.gate().and_then(|gate| gate.starts.as_ref());
        Some(Self {
            remedy: through.to_string(),
            kind: ThroughKind::of(through),
            at_once: through.gate().and_then(Gate::places),
            rate: starts.map(|starts| starts.rate.to_string()),
            policy: through.other_policy().map(str::to_owned),
            pace: through.client().map(|options| options.pace),
            waited_ms: through.gate().map(|_| counts.at_gate.percentiles()),
        })
    }
}

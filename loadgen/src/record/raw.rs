//! What a driver hands over when a run has ended.

use std::time::Duration;

use imds_emulator::Tally;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Record;

/// What a driver hands over when a run has ended.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    /// How it was driven.
    pub mode: Mode,
    /// Where the sessions asked, if not an emulator of the driver's own.
    pub target: Option<String>,
    /// All that was counted.
    pub record: Record,
    /// The service times of all tokens together, where the driver knows them.
    pub service_time: Option<Duration>,
    /// Whether the run was ended before its sessions were.
    pub cut_short: bool,
}

/// How a run was driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// In real time, over sockets.
    Live,
    /// In virtual time, in one loop.
    Simulated,
    /// Real processes in place of the sessions.
    Processes,
}

impl Mode {
    /// Its name in reports.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Simulated => "simulated",
            Self::Processes => "processes",
        }
    }
}

/// The service times of all tokens together. A token that its client did not get took service time,
/// but ends no makespan: where there was one, they are not known.
pub(crate) fn service_time(record: &Record, tally: &Tally) -> Option<Duration> {
    (record.granted() == tally.granted).then_some(tally.granted_service_time)
}

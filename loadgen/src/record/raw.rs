//! What a driver hands over when a run has ended.

use std::time::Duration;

use imds_emulator::Tally;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Record;
use super::fleet::VmRecord;

/// What a driver hands over when a run has ended.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    /// How it was driven.
    pub mode: Mode,
    /// Where the sessions asked, if not an emulator of the driver's own.
    pub target: Option<String>,
    /// All that was counted.
    pub record: Record,
    /// The service times of the tokens that were issued, where the driver knows them.
    pub service_time: Option<ServiceTimes>,
    /// The scenario's identities that the target refused after a run in which all sessions failed, with what it said of each.
    pub unknown_identities: Vec<String>,
    /// The VMs of a fleet; none: it was one VM.
    pub vms: Vec<VmRecord>,
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

/// The service times of tokens that were issued, in sum. Each was drawn before the token was served, so no answer
/// came sooner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceTimes {
    /// How many tokens.
    pub tokens: u64,
    /// All of them together.
    pub total: Duration,
    pub shortest: Duration,
    pub longest: Duration,
}

impl ServiceTimes {
    /// Those of all tokens that a VM has issued, those for the background and those that no client got among them. Unknown
    /// where clients got more.
    pub(crate) fn issued(got: u64, tally: &Tally) -> Option<Self> {
        (got <= tally.granted).then_some(Self {
            tokens: tally.granted,
            total: tally.granted_service_time,
            shortest: tally.shortest_service_time,
            longest: tally.longest_service_time,
        })
    }

    /// One of each token.
    pub(crate) fn of(times: impl Iterator<Item = Duration> + Clone) -> Self {
        Self {
            tokens: u64::try_from(times.clone().count()).unwrap_or(u64::MAX),
            total: times.clone().sum(),
            shortest: times.clone().min().unwrap_or_default(),
            longest: times.max().unwrap_or_default(),
        }
    }
}

/// The service times of a run's tokens, as far as they are known.
pub(crate) fn service_time(record: &Record, tally: &Tally) -> Option<ServiceTimes> {
    ServiceTimes::issued(record.granted_by_imds(), tally)
}

//! What a driver hands over when a run has ended.

use std::collections::BTreeMap;

use imds_emulator::Tally;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::counts::add_all;
use super::fleet::{BudgetRefusals, VmRecord};
pub(crate) use super::service_times::ServiceTimes;
use super::{Record, Refusals};
use crate::scenario::vms::Place;

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

impl Raw {
    /// What of it is kept of one VM of a fleet.
    #[must_use]
    pub(crate) fn of_vm(&self, place: Place, seed: u64, manager: BudgetRefusals) -> VmRecord {
        let record = &self.record;
        let mut by_failure = BTreeMap::new();
        for group in record.awaited() {
            add_all(&mut by_failure, &group.by_failure);
        }
        let direct = record.groups.iter().filter(|group| !group.kind.asks_broker);
        let mut refused = direct.fold(Refusals::default(), |sum, group| sum.plus(group.refused));
        refused.unnamed += record.broker.refused;
        VmRecord {
            place,
            seed,
            succeeded: record.ended().succeeded,
            failed: record.ended().failed,
            by_failure,
            refused,
            manager,
            granted: record.groups.iter().map(|group| group.granted).collect(),
            service_time: self.service_time,
            longest_own_path: record.longest_own_path,
            processor: record.working.before_last_token,
            first_start: record.first_start,
            last_token: record.last_token,
        }
    }
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

/// The service times of a run's tokens, as far as they are known.
pub(crate) fn service_time(record: &Record, tally: &Tally) -> Option<ServiceTimes> {
    ServiceTimes::issued(record.granted_by_imds(), tally)
}

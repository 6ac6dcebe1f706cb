//! What happened on each VM of a fleet, a few words for each.

use std::collections::BTreeMap;
use std::time::Duration;

use imds_emulator::resource_manager::{Left, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Refusals;
use super::service_times::ServiceTimes;
use crate::scenario::vms::Place;

/// Requests that Resource Manager refused, by the budget that was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BudgetRefusals {
    /// By that of one principal in one subscription.
    pub principal: u64,
    /// By that of all principals in one subscription.
    pub subscription: u64,
    /// By that of one principal for what belongs to the tenant.
    pub tenant: u64,
}

impl BudgetRefusals {
    /// One of this scope was refused, with so much left in its budgets.
    pub(crate) fn count(&mut self, scope: &Scope, left: Option<Left>) {
        match scope {
            Scope::Tenant(_) => self.tenant += 1,
            Scope::Subscription(_) if left.is_some_and(|left| left.own == 0) => self.principal += 1,
            Scope::Subscription(_) => self.subscription += 1,
        }
    }

    /// Both together.
    #[must_use]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            principal: self.principal + other.principal,
            subscription: self.subscription + other.subscription,
            tenant: self.tenant + other.tenant,
        }
    }

    /// All of them.
    #[must_use]
    pub(crate) fn total(self) -> u64 {
        self.principal + self.subscription + self.tenant
    }
}

/// One VM whose sessions have come to their end.
#[derive(Clone, Debug)]
pub(crate) struct VmRecord {
    pub place: Place,
    /// The seed of its random streams.
    pub seed: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// Sessions that failed, by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
    /// Requests for tokens that its IMDS refused.
    pub refused: Refusals,
    /// Its requests to Resource Manager that were refused.
    pub manager: BudgetRefusals,
    /// Tokens granted, for each of its groups.
    pub granted: Vec<u64>,
    pub service_time: Option<ServiceTimes>,
    pub longest_own_path: Duration,
    pub processor: Duration,
    pub first_start: Option<Duration>,
    pub last_token: Option<Duration>,
}

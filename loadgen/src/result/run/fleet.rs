//! The part of the result on the VMs of a fleet.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::LimitsInForce;
use super::numbers::span_ms;
use crate::record::Refusals;
use crate::record::fleet::{BudgetRefusals, VmRecord};
use crate::record::raw::Raw;
use crate::scenario::definition::Scenario;

/// The most VMs that are named as the worst.
const WORST: usize = 20;

/// How the VMs of a fleet fared, each of which has limits of its own; they share Resource Manager.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FleetResult {
    /// How many VMs there were.
    pub vms: u64,
    /// Those of which a session failed.
    pub vms_with_loss: u64,
    /// Those whose IMDS refused a request for a token.
    pub vms_refused_by_imds: u64,
    /// Sessions that failed, by what refused them.
    pub lost: LostBy,
    /// Requests that Resource Manager refused, by the budget that was spent; all VMs share these.
    pub resource_manager_refused: BudgetRefusals,
    /// What cost most sessions: `imds`, the VMs' own limits; `principal`, `subscription` or `tenant`, of Resource Manager's
    /// budgets the one that refused most; `other`, no limit; `none`, no session failed.
    pub binding: Binding,
    /// By the name of the kind of VM.
    pub by_kind: BTreeMap<String, KindResult>,
    /// The VMs that lost most sessions, the worst first; at most 20.
    pub worst: Vec<VmResult>,
}

/// What cost most sessions of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Binding {
    /// No session failed.
    None,
    /// The limits of IMDS, which each VM has of its own.
    Imds,
    /// Resource Manager's budget of one principal in one subscription.
    Principal,
    /// That of all principals in one subscription.
    Subscription,
    /// That of one principal for what belongs to the tenant.
    Tenant,
    /// No limit.
    Other,
}

/// Sessions that failed. A session counts by its first failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LostBy {
    /// IMDS of their VM refused them for a limit (`imds_429`).
    pub imds: u64,
    /// Resource Manager refused them for a budget (`arm_429`).
    pub resource_manager: u64,
    /// All others.
    pub other: u64,
}

/// How the VMs of one kind fared.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct KindResult {
    /// The limits of each of them.
    pub limits: LimitsInForce,
    /// How many there were.
    pub vms: u64,
    /// Those of which a session failed.
    pub vms_with_loss: u64,
    /// Sessions of all of them.
    pub sessions: u64,
    /// Those that failed.
    pub failed: u64,
    /// Requests for tokens that their IMDS refused.
    pub refused: Refusals,
    /// Their requests that Resource Manager refused.
    pub resource_manager_refused: BudgetRefusals,
}

/// How one VM fared.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct VmResult {
    /// Its name.
    pub vm: String,
    /// The name of its kind.
    pub kind: String,
    /// The seed of its random streams: without Resource Manager's budgets its sessions alone with this seed play the same.
    pub seed: u64,
    /// The number of its first session, counted through all VMs.
    pub first_session: u32,
    /// Its sessions.
    pub sessions: u64,
    /// Those that failed.
    pub failed: u64,
    /// Requests for tokens that its IMDS refused.
    pub refused: Refusals,
    /// Its requests that Resource Manager refused.
    pub resource_manager_refused: BudgetRefusals,
    /// From the VM's first intended start to its last token; null: there was none.
    pub makespan_ms: Option<f64>,
}

impl FleetResult {
    /// Nothing of a scenario of one VM.
    pub(super) fn of(scenario: &Scenario, raw: &Raw) -> Option<Self> {
        if !scenario.is_fleet() {
            return None;
        }
        let lost = raw.vms.iter().fold(LostBy::default(), LostBy::plus);
        let all = raw.vms.iter().map(|vm| vm.manager);
        let refused = all.fold(BudgetRefusals::default(), BudgetRefusals::plus);
        let mut worst: Vec<&VmRecord> = raw.vms.iter().filter(|vm| vm.failed > 0).collect();
        worst.sort_by_key(|vm| (Reverse(vm.failed), vm.place.first));
        worst.truncate(WORST);
        let by_kind = scenario.vms.iter().enumerate();
        Some(Self {
            vms: scenario.number_of_vms().into(),
            vms_with_loss: count(raw, |vm| vm.failed > 0),
            vms_refused_by_imds: count(raw, |vm| vm.refused.total() > 0),
            lost,
            resource_manager_refused: refused,
            binding: Binding::of(lost, refused),
            by_kind: by_kind
                .map(|(kind, one)| (one.name.clone(), KindResult::of(scenario, raw, kind)))
                .collect(),
            worst: worst
                .into_iter()
                .map(|vm| VmResult::of(scenario, vm))
                .collect(),
        })
    }
}

impl KindResult {
    fn of(scenario: &Scenario, raw: &Raw, kind: usize) -> Self {
        let one = &scenario.vms[kind];
        let vms = || raw.vms.iter().filter(|vm| vm.place.kind == kind);
        let refused = vms().fold(Refusals::default(), |sum, vm| sum.plus(vm.refused));
        let manager = vms().fold(BudgetRefusals::default(), |sum, vm| sum.plus(vm.manager));
        Self {
            limits: LimitsInForce::of_vm(scenario.settings_of(kind)),
            vms: one.count.into(),
            vms_with_loss: count(raw, |vm| vm.place.kind == kind && vm.failed > 0),
            sessions: vms().map(|vm| vm.succeeded + vm.failed).sum(),
            failed: vms().map(|vm| vm.failed).sum(),
            refused,
            resource_manager_refused: manager,
        }
    }
}

impl VmResult {
    fn of(scenario: &Scenario, vm: &VmRecord) -> Self {
        let kind = &scenario.vms[vm.place.kind];
        Self {
            vm: kind.vm(vm.place.number),
            kind: kind.name.clone(),
            seed: vm.seed,
            first_session: vm.place.first,
            sessions: vm.succeeded + vm.failed,
            failed: vm.failed,
            refused: vm.refused,
            resource_manager_refused: vm.manager,
            makespan_ms: span_ms(vm.first_start, vm.last_token),
        }
    }
}

impl LostBy {
    fn plus(mut self, vm: &VmRecord) -> Self {
        for (kind, count) in &vm.by_failure {
            let sum = if kind.ends_with("arm_429") {
                &mut self.resource_manager
            } else if kind.ends_with("imds_429") {
                &mut self.imds
            } else {
                &mut self.other
            };
            *sum += count;
        }
        self
    }
}

fn count(raw: &Raw, is_one: impl Fn(&VmRecord) -> bool) -> u64 {
    raw.vms.iter().map(|vm| u64::from(is_one(vm))).sum()
}

impl Binding {
    /// The service that cost most sessions; of equals IMDS, and of Resource Manager's budgets the narrowest.
    fn of(lost: LostBy, refused: BudgetRefusals) -> Self {
        let most = lost.imds.max(lost.resource_manager).max(lost.other);
        if most == 0 {
            Self::None
        } else if most == lost.imds {
            Self::Imds
        } else if most == lost.resource_manager {
            Self::of_budget(refused)
        } else {
            Self::Other
        }
    }

    /// The budget that refused most.
    fn of_budget(refused: BudgetRefusals) -> Self {
        let BudgetRefusals {
            principal,
            subscription,
            tenant,
        } = refused;
        if principal >= subscription.max(tenant) {
            Self::Principal
        } else if subscription >= tenant {
            Self::Subscription
        } else {
            Self::Tenant
        }
    }
}

#[cfg(test)]
mod tests;

//! How the VMs of a fleet fared; nothing of one VM.

use std::fmt::{self, Write};

use crate::record::fleet::BudgetRefusals;
use crate::report::limits::limits;
use crate::report::table::{align_right, table};
use crate::result::run::{Binding, FleetResult, KindResult, RunResult, VmResult};

/// The columns of a kind of VMs. All but the first and the last are numbers.
pub(in crate::report) const KIND: [&str; 8] = [
    "VMs",
    "how many",
    "with a loss",
    "sessions",
    "lost",
    "refused by IMDS",
    "by Resource Manager",
    "limits",
];

/// The columns of a single VM. All but the first are numbers.
pub(in crate::report) const VM: [&str; 7] = [
    "worst VMs",
    "sessions",
    "lost",
    "refused by IMDS",
    "by Resource Manager",
    "first session",
    "seed",
];

/// How many of the worst VMs a report names.
const SHOWN: usize = 5;

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(fleet) = &result.fleet else {
        return Ok(());
    };
    let mut kinds = table(&KIND);
    for (name, kind) in &fleet.by_kind {
        kinds.add_row(kind_cells(name, kind));
    }
    align_right(&mut kinds, 1);
    writeln!(out, "{kinds}\n")?;
    if !fleet.worst.is_empty() {
        let mut vms = table(&VM);
        for vm in worst(fleet) {
            vms.add_row(vm_cells(vm));
        }
        align_right(&mut vms, 1);
        writeln!(out, "{vms}\n")?;
    }
    for (name, what) in facts(result, fleet) {
        writeln!(out, "{name:<14} {what}")?;
    }
    writeln!(out)
}

/// The VMs that a report names.
pub(in crate::report) fn worst(fleet: &FleetResult) -> impl Iterator<Item = &VmResult> {
    fleet.worst.iter().take(SHOWN)
}

/// What is told of a fleet, by names.
pub(in crate::report) fn facts(
    result: &RunResult,
    fleet: &FleetResult,
) -> [(&'static str, String); 4] {
    let (lost, sessions) = (&fleet.lost, &result.sessions);
    let lost = format!(
        "{} of {} sessions: {} by IMDS, {} by Resource Manager, {} otherwise",
        sessions.failed, sessions.total, lost.imds, lost.resource_manager, lost.other
    );
    let vms = format!(
        "{} of {} lost a session; IMDS of {} refused requests for tokens",
        fleet.vms_with_loss, fleet.vms, fleet.vms_refused_by_imds
    );
    [
        ("lost", lost),
        ("VMs", vms),
        ("shared", budgets(fleet.resource_manager_refused)),
        ("binds", binding(fleet.binding).to_owned()),
    ]
}

fn budgets(refused: BudgetRefusals) -> String {
    let BudgetRefusals {
        principal,
        subscription,
        tenant,
    } = refused;
    format!(
        "Resource Manager refused {principal} requests by a principal's budget in a subscription, {subscription} by that of a whole subscription, {tenant} by a principal's in the tenant"
    )
}

/// What binds, in words.
fn binding(binding: Binding) -> &'static str {
    match binding {
        Binding::None => "nothing: no session was lost",
        Binding::Imds => "the limits of IMDS, which each VM has of its own",
        Binding::Principal => {
            "the budget of one principal in a subscription, which all VMs with this identity share"
        }
        Binding::Subscription => "the budget of a whole subscription, which all VMs share",
        Binding::Tenant => {
            "the budget of one principal in the tenant, which all VMs with this identity share"
        }
        Binding::Other => "no limit: most sessions that were lost failed otherwise",
    }
}

/// The row of a kind of VMs.
pub(in crate::report) fn kind_cells(name: &str, kind: &KindResult) -> [String; 8] {
    [
        name.to_owned(),
        kind.vms.to_string(),
        kind.vms_with_loss.to_string(),
        kind.sessions.to_string(),
        kind.failed.to_string(),
        kind.refused.total().to_string(),
        kind.resource_manager_refused.total().to_string(),
        limits(&kind.limits),
    ]
}

/// The row of a single VM.
pub(in crate::report) fn vm_cells(vm: &VmResult) -> [String; 7] {
    [
        vm.vm.clone(),
        vm.sessions.to_string(),
        vm.failed.to_string(),
        vm.refused.total().to_string(),
        vm.resource_manager_refused.total().to_string(),
        vm.first_session.to_string(),
        vm.seed.to_string(),
    ]
}

//! How the VMs of a fleet fared.

use std::fmt::{self, Write};

use crate::record::fleet::BudgetRefusals;
use crate::result::run::{FleetResult, KindResult, RunResult, VmResult};

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(fleet) = &result.fleet else {
        return Ok(());
    };
    for (name, what) in facts(fleet) {
        writeln!(out, "{name:<14} {what}")?;
    }
    Ok(())
}

/// What is told of a fleet, by names.
pub(in crate::report) fn facts(fleet: &FleetResult) -> Vec<(String, String)> {
    let fact = |name: &str, what: String| (name.to_owned(), what);
    let lost = &fleet.lost;
    let mut facts = vec![
        fact(
            "fleet",
            format!(
                "{} of {} VMs lost sessions; IMDS of {} VMs refused requests for tokens",
                fleet.vms_with_loss, fleet.vms, fleet.vms_refused_by_imds
            ),
        ),
        fact(
            "lost",
            format!(
                "{} sessions by IMDS, {} by Resource Manager's budgets, {} otherwise; binding: {}",
                lost.imds, lost.resource_manager, lost.other, fleet.binding
            ),
        ),
        fact("shared", budgets(fleet.resource_manager_refused)),
    ];
    let kinds = fleet.by_kind.iter();
    facts.extend(kinds.map(|(name, one)| fact("VMs", kind(name, one))));
    facts.extend(
        fleet
            .worst
            .iter()
            .take(SHOWN)
            .map(|one| fact("worst", vm(one))),
    );
    facts
}

/// How many of the worst VMs a report names.
const SHOWN: usize = 5;

fn budgets(refused: BudgetRefusals) -> String {
    let BudgetRefusals {
        principal,
        subscription,
        tenant,
    } = refused;
    format!(
        "Resource Manager refused {principal} requests by a principal's budget, {subscription} by a subscription's, {tenant} by the tenant's"
    )
}

fn kind(name: &str, kind: &KindResult) -> String {
    format!(
        "{name}: {} VMs, {} with a loss; {} of {} sessions failed; refused {} by IMDS, {} by Resource Manager",
        kind.vms,
        kind.vms_with_loss,
        kind.failed,
        kind.sessions,
        kind.refused.total(),
        kind.resource_manager_refused.total()
    )
}

fn vm(vm: &VmResult) -> String {
    format!(
        "{}: {} of {} sessions failed, from session {} on; seed {}",
        vm.vm, vm.failed, vm.sessions, vm.first_session, vm.seed
    )
}

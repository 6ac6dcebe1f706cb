//! The `[[vms]]` of a scenario, and the `vms` of a group.

use std::collections::BTreeSet;
use std::sync::Arc;

use imds_emulator::Config;
use imds_emulator::config::{Inherited, VmSettings, check_vm_name};
use imds_emulator::document::Section;

use super::Planned;
use super::groups::checked;
use crate::scenario::definition::Group;
use crate::scenario::fleet::{MOST_VMS, VmKind};

/// The kinds of VMs; none: there is no `[[vms]]`.
pub(super) fn read<'t>(
    root: &mut Section<'t>,
    imds: &Config,
    inherited: &Inherited<'t>,
    planned: &mut Planned,
) -> Option<Vec<VmKind>> {
    if !root.has("vms") {
        return None;
    }
    if root.lacks("vms") {
        root.refuse("vms", "expected a table or more");
    }
    let sections = root.sections("vms").into_iter();
    let kinds = sections.filter_map(|mut section| kind(&mut section, imds, inherited, planned));
    let kinds: Vec<VmKind> = kinds.collect();
    let names = kinds
        .iter()
        .flat_map(|kind| (1..=kind.count).map(|number| kind.vm(number)));
    let names: Vec<String> = names.collect();
    let different: BTreeSet<&String> = names.iter().collect();
    if different.len() < names.len() {
        let expected = "expected names that no two VMs have: those of a kind are called `name-1`, `name-2` and so on";
        root.refuse("vms", expected);
    }
    if names.len() > MOST_VMS as usize {
        root.refuse(
            "vms",
            format_args!("expected {MOST_VMS} VMs at most in all"),
        );
    }
    Some(kinds)
}

fn kind<'t>(
    section: &mut Section<'t>,
    imds: &Config,
    inherited: &Inherited<'t>,
    planned: &mut Planned,
) -> Option<VmKind> {
    let name = checked(section, "name", |name: String| {
        let refused = |expected: &str| expected.trim_start_matches("expected ").to_owned();
        check_vm_name(&name).map_err(refused)?;
        Ok(name)
    });
    let count = section.optional("count").unwrap_or(1);
    if !(1..=MOST_VMS).contains(&count) {
        section.refuse("count", format_args!("expected 1 to {MOST_VMS} VMs"));
    }
    let own = section.section("imds");
    let settings = own.map(|mut own| {
        planned.add(&own);
        let settings = inherited.vm(&mut own, name.as_deref().unwrap_or_default());
        check_tenant(&own, settings.as_ref(), imds);
        settings
    });
    Some(VmKind {
        name: name?,
        count: count.clamp(1, MOST_VMS),
        settings: match settings {
            None => None,
            Some(settings) => Some(settings?),
        },
    })
}

/// One Resource Manager has one tenant.
fn check_tenant(own: &Section, settings: Option<&VmSettings>, imds: &Config) {
    if settings.is_some_and(|settings| settings.tenant_id != imds.vm.tenant_id) {
        let expected = "expected the tenant of [imds]: all VMs of a fleet are of one tenant";
        own.refuse("tenant_id", expected);
    }
}

/// The kinds of VMs that a group runs on, and how many VMs they are; none: there is no `[[vms]]`.
pub(super) fn of_group(
    section: &mut Section,
    kinds: Option<&[VmKind]>,
) -> Option<(Arc<[usize]>, u32)> {
    let named: Option<Vec<String>> = section.optional("vms");
    let Some(kinds) = kinds else {
        if named.is_some() {
            section.refuse("vms", "expected [[vms]] in the scenario beside it");
        }
        return None;
    };
    let all = || (0..kinds.len()).collect::<Vec<_>>();
    let chosen = named.map_or_else(all, |names| chosen(section, kinds, &names));
    let vms = chosen.iter().map(|kind| kinds[*kind].count);
    let vms = vms.fold(0, u32::saturating_add);
    Some((chosen.into(), vms))
}

fn chosen(section: &Section, kinds: &[VmKind], names: &[String]) -> Vec<usize> {
    let different: BTreeSet<&String> = names.iter().collect();
    if names.is_empty() || different.len() < names.len() {
        section.refuse("vms", "expected a name or more, each once");
    }
    let mut chosen = Vec::new();
    for name in names {
        match kinds.iter().position(|kind| kind.name == *name) {
            Some(kind) => chosen.push(kind),
            None => {
                let known: Vec<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
                let known = known.join(", ");
                section.refuse(
                    "vms",
                    format_args!("expected names of [[vms]] ({known}), not \"{name}\""),
                );
            }
        }
    }
    chosen
}

/// Each VM has sessions that the run waits for.
pub(super) fn check_used(root: &Section, kinds: &[VmKind], groups: &[Group]) {
    for (index, kind) in kinds.iter().enumerate() {
        let used = |group: &Group| !group.background && group.is_on(index);
        if !groups.iter().any(used) {
            let name = &kind.name;
            root.refuse(
                "vms",
                format_args!(
                    "expected a group that is not background on the VMs called \"{name}\""
                ),
            );
        }
    }
}

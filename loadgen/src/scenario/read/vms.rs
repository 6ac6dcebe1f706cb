//! The `[[vms]]` of a scenario, and the `vms` of a group.

use std::collections::BTreeSet;
use std::sync::Arc;

use imds_emulator::config::{Inherited, check_vm_name};
use imds_emulator::document::Section;

use super::checked::checked;
use super::planned::Planned;
use crate::scenario::definition::Group;
use crate::scenario::listed::listed;
use crate::scenario::vms::{MOST_VMS, VmKind};

/// The `[[vms]]` of a scenario.
pub(super) struct Kinds {
    /// Those that can be read.
    pub(super) read: Vec<VmKind>,
    /// Whether they are all.
    pub(super) complete: bool,
}

/// None: there is no `[[vms]]`.
pub(super) fn read<'t>(
    root: &mut Section<'t>,
    inherited: &Inherited<'t>,
    planned: &mut Planned,
) -> Option<Kinds> {
    if !root.has("vms") {
        return None;
    }
    if root.lacks("vms") {
        root.refuse("vms", "expected a table or more");
    }
    let sections = root.sections("vms");
    let announced = sections.len();
    let sections = sections.into_iter().enumerate();
    let read: Vec<VmKind> = sections
        .filter_map(|(index, mut section)| kind(&mut section, inherited, planned, index))
        .collect();
    check_names(root, &read);
    Some(Kinds {
        complete: announced > 0 && read.len() == announced,
        read,
    })
}

fn check_names(root: &Section, kinds: &[VmKind]) {
    let all: u64 = kinds.iter().map(|kind| u64::from(kind.count)).sum();
    if all > MOST_VMS.into() {
        let expected = format_args!("expected {MOST_VMS} VMs at most in all, not {all}");
        root.refuse("vms", expected);
        return;
    }
    let names = kinds.iter().map(|kind| kind.name.clone());
    if let Some(twice) = twice(names) {
        let expected =
            format_args!("expected a name for each kind, and two are called \"{twice}\"");
        root.refuse("vms", expected);
        return;
    }
    let names = kinds.iter().flat_map(|kind| {
        let names = (1..=kind.count).map(|number| kind.vm(number));
        names.collect::<Vec<_>>()
    });
    if let Some(twice) = twice(names) {
        let expected = format_args!(
            "expected a name for each VM, and two are called \"{twice}\": several VMs of a kind are called NAME-1, NAME-2 and so on"
        );
        root.refuse("vms", expected);
    }
}

/// The first that is there a second time.
fn twice(mut names: impl Iterator<Item = String>) -> Option<String> {
    let mut taken = BTreeSet::new();
    names.find(|name| !taken.insert(name.clone()))
}

fn kind<'t>(
    section: &mut Section<'t>,
    inherited: &Inherited<'t>,
    planned: &mut Planned,
    index: usize,
) -> Option<VmKind> {
    let name = checked(section, "name", |name: String| {
        let refused = |expected: &str| expected.trim_start_matches("expected ").to_owned();
        check_vm_name(&name).map_err(refused)?;
        Ok(name)
    });
    let count = section.required("count");
    if count.is_some_and(|count| !(1..=MOST_VMS).contains(&count)) {
        section.refuse("count", format_args!("expected 1 to {MOST_VMS} VMs"));
    }
    let own = section.section("imds").map(|mut own| {
        planned.add(&own, Some(index));
        refuse_common(&own);
        inherited.vm(&mut own, name.as_deref().unwrap_or_default())
    });
    Some(VmKind {
        name: name?,
        count: count?.clamp(1, MOST_VMS),
        settings: match own {
            None => None,
            Some(settings) => Some(settings?),
        },
    })
}

/// What all VMs have in common, beside what they share.
const COMMON: [(&str, &str); 4] = [
    (
        "tenant_id",
        "all VMs of a fleet are of one tenant, whose Resource Manager they share",
    ),
    (
        "system_assigned",
        "a step may name an identity on whatever VM it runs",
    ),
    (
        "identities",
        "a step may name an identity on whatever VM it runs",
    ),
    (
        "instance",
        "a step may ask for a part of it on whatever VM it runs",
    ),
];

fn refuse_common(own: &Section) {
    for (key, reason) in COMMON {
        if own.has(key) {
            own.refuse(key, format_args!("expected in [imds] only: {reason}"));
        }
    }
}

/// The kinds of VMs that a group runs on, and how many VMs they are; none: there is no `[[vms]]`.
pub(super) fn of_group(
    section: &mut Section,
    kinds: Option<&Kinds>,
) -> Option<(Arc<[usize]>, u32)> {
    let named: Option<Vec<String>> = section.optional("vms");
    let Some(kinds) = kinds else {
        if named.is_some() {
            section.refuse("vms", "expected [[vms]] in the scenario beside it");
        }
        return None;
    };
    let all = || (0..kinds.read.len()).collect::<Vec<_>>();
    let chosen = named.map_or_else(all, |names| chosen(section, kinds, &names));
    let vms = chosen.iter().map(|kind| kinds.read[*kind].count);
    let vms = vms.fold(0, u32::saturating_add);
    Some((chosen.into(), vms))
}

fn chosen(section: &Section, kinds: &Kinds, names: &[String]) -> Vec<usize> {
    let different: BTreeSet<&String> = names.iter().collect();
    if names.is_empty() || different.len() < names.len() {
        section.refuse("vms", "expected a name or more, each once");
    }
    let place = |name: &String| kinds.read.iter().position(|kind| kind.name == *name);
    let unknown = names.iter().find(|name| place(name).is_none());
    if let Some(name) = unknown.filter(|_| kinds.complete) {
        let known = listed(kinds.read.iter().map(|kind| kind.name.as_str()));
        let expected = format_args!("expected names of [[vms]], of {known}, not \"{name}\"");
        section.refuse("vms", expected);
    }
    names.iter().filter_map(place).collect()
}

/// Each VM has sessions that the run waits for.
pub(super) fn check_used(root: &Section, kinds: &Kinds, groups: &[Group]) {
    for (index, kind) in kinds.read.iter().enumerate() {
        let used = |group: &Group| !group.background && group.is_on(index);
        if !groups.iter().any(used) {
            let expected = format_args!(
                "expected a group that is not background on the VMs called \"{}\"",
                kind.name
            );
            root.refuse("vms", expected);
        }
    }
}

//! The VMs of a scenario that has several: each has limits of its own, and all share Resource Manager.

use imds_emulator::config::VmSettings;

use super::definition::{Group, Scenario};
use super::vms::Place;

impl Scenario {
    /// That it has one VM, for what plays only such scenarios, for this reason.
    ///
    /// # Errors
    /// What was expected instead of a fleet.
    pub(crate) fn check_one_vm(&self, reason: &str) -> Result<(), String> {
        if self.is_fleet() {
            let name = &self.name;
            return Err(format!(
                "a scenario without [[vms]], which {name} has: {reason}; `imds-loadgen simulate` plays fleets"
            ));
        }
        Ok(())
    }

    /// Whether it has several VMs, or names the one that it has.
    #[must_use]
    pub(crate) fn is_fleet(&self) -> bool {
        !self.vms.is_empty()
    }

    /// How many VMs it has.
    #[must_use]
    pub(crate) fn number_of_vms(&self) -> u32 {
        let all = self.vms.iter().map(|kind| kind.count).sum::<u32>();
        all.max(1)
    }

    /// All VMs of a fleet, in the order of their kinds.
    #[must_use]
    pub(crate) fn places(&self) -> Vec<Place> {
        let mut first = 0;
        let mut places = Vec::new();
        for (kind, one) in self.vms.iter().enumerate() {
            let sessions = self.on_one(kind);
            for number in 1..=one.count {
                places.push(Place {
                    kind,
                    number,
                    first,
                });
                first += sessions;
            }
        }
        places
    }

    /// The settings of the VM of the session of this number, counted through all VMs.
    #[must_use]
    pub(crate) fn vm_of(&self, session: u32) -> &VmSettings {
        let mut first = 0;
        let kind = (0..self.vms.len()).find(|kind| {
            first += self.on_one(*kind) * self.vms[*kind].count;
            session < first
        });
        kind.map_or(&self.imds.vm, |kind| self.settings_of(kind))
    }

    /// The settings of the VMs of this kind.
    #[must_use]
    pub(crate) fn settings_of(&self, kind: usize) -> &VmSettings {
        let own = self.vms[kind].settings.as_ref();
        own.unwrap_or(&self.imds.vm)
    }

    /// How many sessions there are on one VM of this kind.
    fn on_one(&self, kind: usize) -> u32 {
        self.on_kind(kind)
            .map(|group| self.groups[group].count)
            .sum()
    }

    /// The groups, by index, whose sessions run on VMs of this kind.
    pub(crate) fn on_kind(&self, kind: usize) -> impl Iterator<Item = usize> {
        let groups = self.groups.iter().enumerate();
        groups.filter_map(move |(index, group)| group.is_on(kind).then_some(index))
    }

    /// The group whose sessions ask a broker on each VM of this kind, or of any, that has a session of this number,
    /// counted through the groups of that VM; none: on one of them it asks IMDS itself, or there is no such session.
    #[must_use]
    pub(crate) fn brokered(&self, kind: Option<usize>, session: u32) -> Option<&Group> {
        let all: Vec<usize> = (0..self.groups.len()).collect();
        let on = |kind: usize| self.on_kind(kind).collect();
        let of_vms: Vec<Vec<usize>> = match kind {
            Some(kind) => vec![on(kind)],
            None if self.is_fleet() => (0..self.vms.len()).map(on).collect(),
            None => vec![all],
        };
        let struck = of_vms.iter().filter_map(|vm| self.group_of(vm, session));
        let struck: Vec<&Group> = struck.collect();
        let all_ask = struck.iter().all(|group| group.broker().is_some());
        struck.first().copied().filter(|_| all_ask)
    }

    /// The group of the session of this number, counted through these groups, if there is such a session.
    fn group_of(&self, groups: &[usize], session: u32) -> Option<&Group> {
        let mut first = 0;
        let mut groups = groups.iter().map(|group| &self.groups[*group]);
        groups.find(|group| {
            first += group.count;
            session < first
        })
    }

    /// What one VM of this kind plays: its groups alone, with its settings.
    #[must_use]
    pub(crate) fn of_kind(&self, kind: usize) -> Self {
        let mut alone = Self {
            vms: vec![],
            groups: self
                .on_kind(kind)
                .map(|group| self.groups[group].alone())
                .collect(),
            expectations: vec![],
            ..self.clone()
        };
        alone.imds.vm = self.settings_of(kind).clone();
        alone
    }
}

impl Group {
    /// So many on each of its VMs, on all of them together.
    #[must_use]
    pub(crate) fn everywhere(&self, on_one: u32) -> u32 {
        let vms = self.vms.as_ref().map_or(1, |(_, vms)| *vms);
        on_one.saturating_mul(vms)
    }

    /// Whether its sessions run on VMs of this kind.
    #[must_use]
    pub(crate) fn is_on(&self, kind: usize) -> bool {
        let kinds = self.vms.as_ref();
        kinds.is_some_and(|(kinds, _)| kinds.contains(&kind))
    }

    /// The same on one VM.
    #[must_use]
    pub(crate) fn alone(&self) -> Self {
        Self {
            vms: None,
            ..self.clone()
        }
    }
}

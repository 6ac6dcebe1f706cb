//! The least makespans that the limits allow.

use imds_emulator::limit::Category;

use crate::record::fleet::VmRecord;
use crate::record::raw::Raw;
use crate::result::bounds::{Bounds, Work};
use crate::scenario::definition::Scenario;

/// The least makespans that the limits allow for what a run got. The tokens of groups in the background take room, too,
/// but the run does not wait for them.
pub(crate) fn bounds(scenario: &Scenario, raw: &Raw) -> Bounds {
    if scenario.is_fleet() {
        return of_fleet(scenario, raw);
    }
    let record = &raw.record;
    let first_start = record.first_start.unwrap_or_default();
    let work = Work {
        tokens: asked_for(scenario, record.groups.iter().map(|group| group.granted)),
        service_times: raw.service_time,
        longest_own_path: record.longest_own_path.saturating_sub(first_start),
        cores: scenario.cores,
        processor: record.working.before_last_token,
    };
    Bounds::of(&scenario.imds.vm.limits, Category::Identity, &work)
}

/// Of a fleet each is the largest of any VM, counted from the fleet's first intended start: each has limits of its own.
fn of_fleet(scenario: &Scenario, raw: &Raw) -> Bounds {
    let kinds: Vec<Scenario> = (0..scenario.vms.len())
        .map(|kind| scenario.of_kind(kind))
        .collect();
    let first = raw.record.first_start.unwrap_or_default();
    let of_vm = |vm: &VmRecord| {
        let (kind, own_first) = (&kinds[vm.place.kind], vm.first_start.unwrap_or_default());
        let work = Work {
            tokens: asked_for(kind, vm.granted.iter().copied()),
            service_times: vm.service_time,
            longest_own_path: vm.longest_own_path.saturating_sub(own_first),
            cores: kind.cores,
            processor: vm.processor,
        };
        let bounds = Bounds::of(&kind.imds.vm.limits, Category::Identity, &work);
        bounds.later(own_first.saturating_sub(first))
    };
    let all = raw.vms.iter().map(of_vm);
    all.fold(Bounds::default(), Bounds::or_larger)
}

/// How many tokens the sessions that the run waits for got of IMDS itself, if those of each group got so many. How many
/// requests a broker makes for its own is not bounded by their number.
pub(in crate::result) fn asked_for(scenario: &Scenario, granted: impl Iterator<Item = u64>) -> u64 {
    let groups = scenario.groups.iter().zip(granted);
    let direct = groups.filter(|(group, _)| !group.background && group.broker().is_none());
    direct.map(|(_, granted)| granted).sum()
}

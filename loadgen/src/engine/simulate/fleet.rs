//! A fleet in virtual time: each VM is a simulation of its own, and all share one Resource Manager.
//!
//! VMs meet in its budgets alone. Where no session asks it, VMs are played one after the other, and only one is in memory.
//! Else their events are played in the order of their times, and Resource Manager is handed to the VM whose turn it is;
//! which of several VMs comes first at one instant is left to chance, event by event.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;
use std::time::Duration;

use imds_emulator::resource_manager::ResourceManager;
use rand::Rng;

use super::failure::SimulateError;
use super::over::Over;
use super::simulation::Simulation;
use crate::engine::sample as stories;
use crate::engine::streams::Streams;
use crate::record::raw::{Mode, Raw};
use crate::record::{GroupKind, Record};
use crate::scenario::definition::Scenario;
use crate::scenario::vms::Place;

/// What all VMs are made of.
struct Plan<'s> {
    fleet: &'s Scenario,
    places: Vec<Place>,
    /// Of each VM.
    seeds: Vec<u64>,
    /// What a VM of each kind plays.
    kinds: Vec<Scenario>,
}

/// Plays all VMs of the scenario to their ends.
///
/// # Errors
/// If a policy hardly waits, so that virtual time does not advance.
pub(super) fn simulate(fleet: &Scenario) -> Result<Raw, SimulateError> {
    let streams = Streams::new(fleet.seed);
    let places = fleet.places();
    let plan = Plan {
        fleet,
        seeds: (0..places.len()).map(|vm| streams.vm(vm)).collect(),
        places,
        kinds: (0..fleet.vms.len())
            .map(|kind| fleet.of_kind(kind))
            .collect(),
    };
    let of_vms: Vec<Streams> = plan.seeds.iter().map(|seed| Streams::new(*seed)).collect();
    let mut sum = plan.nothing();
    if fleet.has_context() {
        plan.together(&of_vms, &mut streams.fleet(), &mut sum)?;
    } else {
        for (vm, streams) in of_vms.iter().enumerate() {
            let mut simulation = plan.vm(vm, streams);
            let cut_at = simulation.run()?;
            plan.absorb(&mut sum, vm, simulation, cut_at);
        }
    }
    sum.vms.sort_by_key(|vm| (vm.place.kind, vm.place.number));
    Ok(sum)
}

impl<'s> Plan<'s> {
    /// Before any VM has ended.
    fn nothing(&self) -> Raw {
        Raw {
            mode: Mode::Simulated,
            target: None,
            record: Record::new(self.fleet.groups.iter().map(GroupKind::from)),
            service_time: None,
            unknown_identities: vec![],
            vms: Vec::with_capacity(self.places.len()),
            cut_short: false,
        }
    }

    fn vm(&'s self, vm: usize, streams: &'s Streams) -> Simulation<'s, Record> {
        let scenario = &self.kinds[self.places[vm].kind];
        let mut simulation = Simulation::new(scenario, streams, |starts| {
            let mut record = Record::new(scenario.groups.iter().map(GroupKind::from));
            let mut share = scenario.clone();
            share.traces = self.traces(vm);
            record.traces = stories::sample(&share, starts, streams);
            record
        });
        simulation.world.principal = Some(format!("the VM {vm}").into());
        simulation
    }

    /// How many stories of a VM are kept: its share in all of them, by its place among the VMs.
    fn traces(&self, vm: usize) -> u32 {
        let until = |vm: usize| vm as u64 * u64::from(self.fleet.traces) / self.places.len() as u64;
        u32::try_from(until(vm + 1) - until(vm)).unwrap_or(u32::MAX)
    }

    /// A VM has come to its end.
    fn absorb(
        &self,
        sum: &mut Raw,
        vm: usize,
        simulation: Simulation<'_, Record>,
        cut_at: Option<Duration>,
    ) {
        let place = self.places[vm];
        let refused = simulation.world.refused_by;
        let raw = simulation.into_raw(cut_at);
        sum.vms.push(raw.of_vm(place, self.seeds[vm], refused));
        sum.cut_short |= raw.cut_short;
        let groups: Vec<usize> = self.fleet.on_kind(place.kind).collect();
        sum.record.absorb(raw.record, &groups, place.first);
    }

    /// Plays the VMs side by side.
    fn together(
        &'s self,
        streams: &'s [Streams],
        rng: &mut impl Rng,
        sum: &mut Raw,
    ) -> Result<(), SimulateError> {
        let streams = streams.iter().enumerate();
        let vms = streams.map(|(vm, streams)| Some(Box::new(self.vm(vm, streams))));
        let mut vms: Vec<_> = vms.collect();
        let mut turns = BinaryHeap::with_capacity(vms.len());
        let mut turn =
            |vm, at: Option<Duration>| Reverse((at.unwrap_or_default(), rng.next_u64(), vm));
        for (vm, simulation) in vms.iter().enumerate() {
            let at = simulation.as_ref().and_then(|it| it.world.next_at());
            turns.push(turn(vm, at));
        }
        let mut manager = None;
        while let Some(Reverse((_, _, vm))) = turns.pop() {
            let until = turns
                .peek()
                .map_or(Duration::MAX, |Reverse((at, _, _))| *at);
            let mut simulation = vms[vm].take().expect("a VM has one turn at a time");
            if let Some(over) = simulation.play_with(&mut manager, until)? {
                simulation.end_background();
                self.absorb(sum, vm, *simulation, over.cut_at());
            } else {
                turns.push(turn(vm, simulation.world.next_at()));
                vms[vm] = Some(simulation);
            }
        }
        Ok(())
    }
}

impl Simulation<'_, Record> {
    /// Plays what [`Self::play_before`] does, with the Resource Manager that all VMs share.
    fn play_with(
        &mut self,
        manager: &mut Option<ResourceManager>,
        until: Duration,
    ) -> Result<Option<Over>, SimulateError> {
        mem::swap(&mut self.world.manager, manager);
        let over = self.play_before(until);
        mem::swap(&mut self.world.manager, manager);
        over
    }

    /// Plays its next event, and all others before that time; how it is over, if it is.
    fn play_before(&mut self, until: Duration) -> Result<Option<Over>, SimulateError> {
        loop {
            if let Some(over) = self.step()? {
                return Ok(Some(over));
            }
            if self.world.next_at().is_some_and(|at| at >= until) {
                return Ok(None);
            }
        }
    }
}

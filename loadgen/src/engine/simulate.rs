//! Runs a scenario in virtual time: one loop over events, the same decisions as live.

mod broker;
mod brokering;
mod cache;
mod ended;
mod event;
mod event_queue;
pub(crate) mod failure;
mod files;
mod fleet;
mod leaving;
mod line;
mod lines;
mod manager;
mod manager_query;
mod operation;
mod over;
mod paces;
mod pending;
mod positions;
mod queueing;
mod sent;
mod service;
mod session;
mod sessions;
mod sharer;
mod sharing;
mod simulation;
mod slab;
mod tokens_wanted;
mod turn;
mod working;
mod workplace;

use std::time::Duration;

use imds_client::broker::busy;

use self::event::{Event, Parcel};
use self::failure::SimulateError;
use self::over::Over;
use self::simulation::{Next, Simulation};
use self::turn::Turn;
use crate::engine::sample as stories;
use crate::engine::streams::Streams;
use crate::record::raw::{Mode, Raw, service_time};
use crate::record::recorder::Recorder;
use crate::record::sample::Sample;
use crate::record::{GroupKind, Record};
use crate::scenario::definition::Scenario;

/// Runs the scenario to its end. One seed gives one result, byte for byte.
///
/// # Errors
/// If a policy hardly waits, so that virtual time does not advance.
pub(crate) fn simulate(scenario: &Scenario) -> Result<Raw, SimulateError> {
    if scenario.is_fleet() {
        return fleet::simulate(scenario);
    }
    let streams = Streams::new(scenario.seed);
    let mut simulation = Simulation::new(scenario, &streams, |starts| {
        let mut record = Record::new(kinds(scenario));
        record.traces = stories::sample(scenario, starts, &streams);
        record
    });
    let cut_at = simulation.run()?;
    Ok(simulation.into_raw(cut_at))
}

/// Runs the scenario to its end, as [`simulate`] does, and records its sample alone.
///
/// # Errors
/// As of [`simulate`].
pub(crate) fn sample(scenario: &Scenario) -> Result<Sample, SimulateError> {
    sample_of_seed(scenario, scenario.seed)
}

/// The same with another seed: for many runs no copy of the scenario has to be made.
///
/// # Errors
/// As of [`simulate`].
pub(crate) fn sample_of_seed(scenario: &Scenario, seed: u64) -> Result<Sample, SimulateError> {
    debug_assert!(!scenario.is_fleet(), "a fleet has no sample");
    let streams = Streams::new(seed);
    let record = Sample::new(scenario);
    let mut simulation = Simulation::new(scenario, &streams, |_| record);
    simulation.run()?;
    Ok(simulation.into_sample())
}

fn kinds(scenario: &Scenario) -> impl Iterator<Item = GroupKind> {
    scenario.groups.iter().map(GroupKind::from)
}

impl<R: Recorder> Simulation<'_, R> {
    /// Plays all events; when the run was ended before its sessions were, if it was.
    fn run(&mut self) -> Result<Option<Duration>, SimulateError> {
        let over = loop {
            if let Some(over) = self.step()? {
                break over;
            }
        };
        self.end_background();
        Ok(over.cut_at())
    }

    /// Plays the next event; how the run is over, if it is.
    #[inline]
    fn step(&mut self) -> Result<Option<Over>, SimulateError> {
        if self.world.awaited == 0 {
            return Ok(Some(Over::Done));
        }
        let Some((now, next)) = self.world.next_event() else {
            return Ok(Some(Over::Done));
        };
        if now > self.world.successions.end() {
            return Ok(Some(Over::CutAt(self.world.successions.end())));
        }
        match next {
            Next::Start(start) => self.start(start)?,
            Next::Event(event) => self.happen(now, event)?,
        }
        self.world.now = now;
        Ok(None)
    }

    fn happen(&mut self, now: Duration, event: Event) -> Result<(), SimulateError> {
        match event {
            Event::GoOn(number) => self.on(number, |world, session| {
                world.advance(session, now, Turn::GoesOn)
            }),
            Event::Send(number) if self.is_brokers(number) => {
                self.world.pace_again(number, now);
                Ok(())
            }
            Event::Send(number) => self.on(number, |world, session| {
                let turn = world.send(session, now)?;
                world.advance(session, now, turn)
            }),
            Event::Depart(place) => self.depart(now, place),
            Event::Parcel(place) => match self.world.parcels.take(place) {
                Some(parcel) => self.open_parcel(now, parcel),
                None => Ok(()),
            },
            Event::Worked => self.end_work(now),
            Event::TimeOut { session, attempt } => self.time_out(now, session, attempt),
        }
    }

    fn open_parcel(&mut self, now: Duration, parcel: Parcel) -> Result<(), SimulateError> {
        match parcel {
            Parcel::Start(start) => self.start(start),
            Parcel::Resume((number, script)) => {
                let turn = Turn::asks(script.resume(now, ()));
                self.on(number, |world, session| world.advance(session, now, turn))
            }
            Parcel::Received {
                session,
                attempt,
                end,
            } => self.end_attempt(session, attempt, now, &end),
            Parcel::Looks(number) => self.look(number, now),
            Parcel::Reads(number) => self.on(number, |world, session| {
                let turn = world.read_cache(session, now)?;
                world.advance(session, now, turn)
            }),
            Parcel::RefreshOver(number, operation) => self.end_refresh(number, operation, now),
            Parcel::Asked(number, request) => self.ask(number, &request, now),
            Parcel::Turn => self.take_turns(now),
            Parcel::TurnOver(number) => {
                self.give_up_turn(number, now);
                Ok(())
            }
            Parcel::Overdue { session, attempt } => {
                self.end_attempt(session, attempt, now, &ended::of_outcome(busy(), None))
            }
            Parcel::Managed(number, pending) => self.on(number, |world, session| {
                let question = world.managed(session, now, pending);
                world.advance(session, now, Turn::asks(question))
            }),
        }
    }
}

impl Simulation<'_, Record> {
    /// The result of a run that was ended then before its sessions were, if it was.
    fn into_raw(self, cut_at: Option<Duration>) -> Raw {
        let mut record = self.world.record;
        record.ended_at = cut_at.unwrap_or_default();
        record.context.longest_queue = self.world.store.longest_queue();
        let cut_short = record.end(self.world.scenario.planned());
        let service_time = service_time(&record, self.world.vm.tally());
        Raw {
            unknown_identities: vec![],
            vms: vec![],
            mode: Mode::Simulated,
            target: None,
            record,
            service_time,
            cut_short,
        }
    }
}

impl Simulation<'_, Sample> {
    /// The sample of a run that has ended.
    fn into_sample(self) -> Sample {
        let mut sample = self.world.record;
        sample.end(self.world.scenario.planned(), self.world.vm.tally());
        sample
    }
}

#[cfg(test)]
mod tests;

//! Runs a scenario in virtual time: one loop over events, the same decisions as live.

mod ended;
mod event;
mod event_queue;
pub(crate) mod failure;
mod files;
mod leaving;
mod manager;
mod manager_query;
mod operation;
mod pending;
mod sent;
mod service;
mod session;
mod simulation;
mod turn;
mod working;
mod workplace;

use std::time::Duration;

use self::event::Event;
use self::failure::SimulateError;
use self::simulation::{Next, Simulation};
use crate::engine::sample as stories;
use crate::record::Record;
use crate::record::raw::{Mode, Raw, service_time};
use crate::record::recorder::Recorder;
use crate::record::sample::Sample;
use crate::scenario::definition::Scenario;

/// Runs the scenario to its end. One seed gives one result, byte for byte.
///
/// # Errors
/// If a policy hardly waits, so that virtual time does not advance.
pub(crate) fn simulate(scenario: &Scenario) -> Result<Raw, SimulateError> {
    let mut simulation = Simulation::new(scenario, scenario.seed, |starts, streams| {
        let mut record = Record::new(background(scenario));
        record.traces = stories::sample(scenario, starts, streams);
        record
    });
    let cut_at = simulation.run()?;
    let Simulation { mut record, .. } = simulation;
    record.ended_at = cut_at.unwrap_or_default();
    record.context.longest_queue = simulation.store.longest_queue();
    let cut_short = record.end(scenario.planned());
    let service_time = service_time(&record, simulation.vm.tally());
    Ok(Raw {
        mode: Mode::Simulated,
        target: None,
        record,
        service_time,
        cut_short,
    })
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
    let mut simulation = Simulation::new(scenario, seed, |_, _| Sample::new(background(scenario)));
    simulation.run()?;
    let mut sample = simulation.record;
    sample.end(scenario.planned(), simulation.vm.tally());
    Ok(sample)
}

fn background(scenario: &Scenario) -> impl Iterator<Item = bool> {
    scenario.groups.iter().map(|group| group.background)
}

impl<R: Recorder> Simulation<'_, R> {
    /// Plays all events; when the run was ended before its sessions were, if it was.
    fn run(&mut self) -> Result<Option<Duration>, SimulateError> {
        let mut cut_at = None;
        while self.awaited > 0
            && let Some((now, next)) = self.next_event()
        {
            if now > self.successions.end() {
                cut_at = Some(self.successions.end());
                break;
            }
            match next {
                Next::Start(start) => self.start(start)?,
                Next::Event(event) => self.happen(now, event)?,
            }
            self.now = now;
        }
        self.end_background();
        Ok(cut_at)
    }

    fn happen(&mut self, now: Duration, event: Event) -> Result<(), SimulateError> {
        match event {
            Event::Start(start) => self.start(*start),
            Event::Resume(suspended) => {
                let (number, script) = *suspended;
                self.on(number, |simulation, session| {
                    simulation.advance(session, now, Some(script.resume(now, ())))
                })
            }
            Event::Send(number) => self.on(number, |simulation, session| {
                let question = simulation.send(session, now)?;
                simulation.advance(session, now, question)
            }),
            Event::Depart { session, attempt } => self.depart(now, (session, attempt)),
            Event::Received {
                session,
                attempt,
                end,
            } => self.end_attempt(session, attempt, now, &end),
            Event::Managed(number, pending) => self.on(number, |simulation, session| {
                let question = simulation.managed(session, now, *pending);
                simulation.advance(session, now, Some(question))
            }),
            Event::Worked => self.end_work(now),
            Event::TimeOut { session, attempt } => self.time_out(now, session, attempt),
        }
    }
}

#[cfg(test)]
mod tests;

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
use self::simulation::Simulation;
use crate::record::raw::{Mode, Raw, service_time};
use crate::scenario::definition::Scenario;

/// Runs the scenario to its end. One seed gives one result, byte for byte.
///
/// # Errors
/// If a policy hardly waits, so that virtual time does not advance.
pub(crate) fn simulate(scenario: &Scenario) -> Result<Raw, SimulateError> {
    let mut simulation = Simulation::new(scenario);
    while simulation.awaited > 0
        && let Some((now, event)) = simulation.event_queue.next()
    {
        if now > scenario.max_duration {
            simulation.record.ended_at = scenario.max_duration;
            break;
        }
        simulation.happen(now, event)?;
        simulation.now = now;
    }
    simulation.end_background();
    simulation.record.context.longest_queue = simulation.store.longest_queue();
    let cut_short = simulation.record.end(scenario.planned());
    let service_time = service_time(&simulation.record, simulation.vm.tally());
    Ok(Raw {
        mode: Mode::Simulated,
        target: None,
        record: simulation.record,
        service_time,
        cut_short,
    })
}

impl Simulation<'_> {
    fn happen(&mut self, now: Duration, event: Event) -> Result<(), SimulateError> {
        match event {
            Event::Start(start) => self.start(start),
            Event::Resume((number, script)) => self.on(number, |simulation, session| {
                simulation.advance(session, now, Some(script.resume(now, ())))
            }),
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

//! Plays a scenario in virtual time: one loop over events, the same decisions as live.

mod agenda;
mod ended;
mod event;
pub(crate) mod failure;
mod held;
mod inquiry;
mod leaving;
mod operation;
mod profile;
mod sent;
mod service;
mod session;
mod turn;
mod world;

use std::time::Duration;

use self::event::Event;
use self::failure::SimulateError;
use self::world::World;
use crate::record::raw::{Mode, Raw, service_time};
use crate::scenario::story::Scenario;

/// Plays the scenario to its end. One seed gives one result, byte for byte.
///
/// # Errors
/// If a policy hardly lets virtual time go on.
pub(crate) fn simulate(scenario: &Scenario) -> Result<Raw, SimulateError> {
    let mut world = World::new(scenario);
    while world.awaited > 0
        && let Some((now, event)) = world.agenda.next()
    {
        if now > scenario.max_duration {
            world.record.ended_at = scenario.max_duration;
            break;
        }
        world.happen(now, event)?;
        world.now = now;
    }
    world.end_background();
    world.record.context.longest_queue = world.store.longest_queue();
    let cut_short = world.record.end(scenario.planned());
    let service_time = service_time(&world.record, world.vm.tally());
    Ok(Raw {
        mode: Mode::Simulated,
        target: None,
        record: world.record,
        service_time,
        cut_short,
    })
}

impl World<'_> {
    fn happen(&mut self, now: Duration, event: Event) -> Result<(), SimulateError> {
        match event {
            Event::Start(start) => self.start(start),
            Event::GoOn((number, script)) => self.on(number, |world, session| {
                world.go_on(session, now, Some(script.resume(now, ())))
            }),
            Event::Send(number) => self.on(number, |world, session| {
                let question = world.send(session, now)?;
                world.go_on(session, now, question)
            }),
            Event::Depart { session, attempt } => self.depart(now, (session, attempt)),
            Event::Received {
                session,
                attempt,
                end,
            } => self.land(session, attempt, now, &end),
            Event::Managed(number, inquiry) => self.on(number, |world, session| {
                let question = world.managed(session, now, *inquiry);
                world.go_on(session, now, Some(question))
            }),
            Event::TimeOut { session, attempt } => self.time_out(now, session, attempt),
        }
    }
}

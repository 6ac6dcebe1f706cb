//! Scheduled events: what is planned for the VM, and what of it has been announced.
//!
//! An event is announced, then waits to start, then lasts for a while, then is gone. It starts when its
//! notice is over, or earlier if it is approved. Each of these steps raises the document's incarnation by
//! one. All of it follows from the given time.

mod plan;
mod scheduled;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use crate::document::friendly;

pub use plan::EventPlan;
pub use scheduled::{Event, EventKind, EventSource};

/// When the service of scheduled events is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct EventService {
    /// How long the call that switches it on takes.
    #[serde(serialize_with = "friendly")]
    pub first_call: Duration,
    /// How long without a call until it is off again.
    #[serde(serialize_with = "friendly")]
    pub switch_off: Duration,
}

/// The events of one VM.
#[derive(Clone, Debug)]
pub struct Events {
    service: EventService,
    alive: Vec<Life>,
    /// The number of steps of the events that are gone.
    steps_of_gone: u64,
    /// When the service was ready and when it was last called, if ever.
    on: Option<On>,
}

#[derive(Clone, Copy, Debug)]
struct On {
    ready_at: Duration,
    last_call: Duration,
}

/// An event and when it was approved.
#[derive(Clone, Debug)]
struct Life {
    event: Event,
    approved_at: Option<Duration>,
}

/// The most events that are not gone yet. It bounds the memory that added events take.
const MOST_EVENTS: usize = 1000;

impl Events {
    /// The service with these events, none announced yet.
    #[must_use]
    pub fn new(service: EventService, events: Vec<Event>) -> Events {
        let life = |event| Life {
            event,
            approved_at: None,
        };
        Events {
            service,
            alive: events.into_iter().map(life).collect(),
            steps_of_gone: 0,
            on: None,
        }
    }

    /// Adds an event.
    ///
    /// # Errors
    /// When another one that is not gone has its id, or there are too many.
    pub fn add(&mut self, now: Duration, event: Event) -> Result<(), CannotAdd> {
        self.bury(now);
        if self.alive.len() >= MOST_EVENTS {
            return Err(CannotAdd::TooMany);
        }
        if self.alive.iter().any(|life| life.is_called(&event.id)) {
            return Err(CannotAdd::IdTaken);
        }
        let approved_at = None;
        self.alive.push(Life { event, approved_at });
        Ok(())
    }

    /// Records a call, which switches the service on if it is off; returns how much longer than usual it
    /// takes.
    pub fn call(&mut self, now: Duration) -> Duration {
        let ready_at = match self.on {
            Some(on) if now < on.last_call + self.service.switch_off => on.ready_at,
            _ => now + self.service.first_call,
        };
        let last_call = now;
        self.on = Some(On {
            ready_at,
            last_call,
        });
        ready_at.saturating_sub(now)
    }

    /// What is announced at `now`: the incarnation, and each event with its state, in the order in which
    /// they were added.
    pub fn told(&mut self, now: Duration) -> (u64, Vec<(&Event, State)>) {
        self.bury(now);
        let steps: u64 = self.alive.iter().map(|life| life.steps(now)).sum();
        let told = self.alive.iter().filter_map(|life| life.told(now));
        (self.steps_of_gone + steps, told.collect())
    }

    /// Whether all these events are announced at `now`.
    #[must_use]
    pub fn knows(&self, now: Duration, ids: &BTreeSet<String>) -> bool {
        let mut ids = ids.iter();
        ids.all(|id| self.alive.iter().any(|life| life.is_announced_as(id, now)))
    }

    /// Approves events: they start now. Events that have started or are not announced do not change.
    pub fn approve(&mut self, now: Duration, ids: &BTreeSet<String>) {
        for life in &mut self.alive {
            let is_meant = ids.iter().any(|id| life.is_announced_as(id, now));
            if is_meant && now < life.starts_at() {
                life.approved_at = Some(now);
            }
        }
    }

    /// Drops the events that are gone; their steps still count.
    fn bury(&mut self, now: Duration) {
        let gone = self.alive.extract_if(.., |life| life.gone_at() <= now);
        self.steps_of_gone += gone.map(|life| life.steps(now)).sum::<u64>();
    }
}

/// Why an event cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotAdd {
    /// There are as many as there may be.
    #[error("there are {MOST_EVENTS} events already")]
    TooMany,
    /// Another event has its id.
    #[error("another event has this id")]
    IdTaken,
}

/// The state of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum State {
    /// It waits to start.
    Scheduled,
    /// It has started.
    Started,
}

impl Life {
    fn is_called(&self, id: &str) -> bool {
        self.event.id.eq_ignore_ascii_case(id)
    }

    fn is_announced_as(&self, id: &str, now: Duration) -> bool {
        self.is_called(id) && self.told(now).is_some()
    }

    fn told(&self, now: Duration) -> Option<(&Event, State)> {
        match self.steps(now) {
            1 => Some((&self.event, State::Scheduled)),
            2 => Some((&self.event, State::Started)),
            _ => None,
        }
    }

    /// How many of its steps (announcement, start, end) have passed.
    fn steps(&self, now: Duration) -> u64 {
        let steps = [self.event.announced_at, self.starts_at(), self.gone_at()];
        steps.iter().map(|&at| u64::from(at <= now)).sum()
    }

    fn starts_at(&self) -> Duration {
        self.approved_at.unwrap_or_else(|| self.event.not_before())
    }

    fn gone_at(&self) -> Duration {
        self.starts_at() + self.event.lasts
    }
}

#[cfg(test)]
mod tests;

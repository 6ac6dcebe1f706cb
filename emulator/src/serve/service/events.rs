//! Scheduled events, beside the ordinary way of a request.

use std::time::Duration;

use super::Service;
use crate::model::event::{CannotAdd, Event, EventPlan, Events};
use crate::wire::flaw::{Flaw, ensure};
use crate::wire::route::Ask;

impl Service {
    /// Announces a new event now.
    ///
    /// # Errors
    /// When its id is taken or there are too many.
    pub(crate) fn announce(&self, plan: EventPlan) -> Result<Event, CannotAdd> {
        let config = self.config();
        let name = config.instance.text("/compute/name");
        self.at_present(|now, vm| {
            let events = vm.events();
            let (_, told) = events.told(now);
            // Those of the configuration count from 0, and a run's nanoseconds never come twice.
            let nth = told.len() + usize::try_from(now.as_nanos()).unwrap_or(usize::MAX);
            let event = plan.event(now, nth, name);
            events.add(now, event.clone())?;
            Ok(event)
        })
    }
}

/// An approval may name only events that are told of. That anything else is a 400 is assumed.
pub(super) fn check(events: &Events, now: Duration, ask: &Ask<'_>) -> Result<(), Flaw> {
    match ask {
        Ask::Approve { ids } => ensure(events.knows(now, ids), Flaw::EventUnknown),
        _ => Ok(()),
    }
}

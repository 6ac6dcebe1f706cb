//! Scheduled events, beside the ordinary way of a request.

use super::Service;
use crate::model::event::{CannotAdd, Event, EventPlan};

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

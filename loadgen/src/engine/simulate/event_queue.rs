//! What is still to happen in virtual time, in order.

use std::collections::BTreeMap;
use std::time::Duration;

/// Events in order of time. At one instant departures come before arrivals, and otherwise what was
/// put down first comes first, so that a run has only one course.
#[derive(Debug)]
pub(super) struct EventQueue<E> {
    entries: BTreeMap<EventHandle, E>,
    sequence: u64,
}

/// The order of events at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Frees something.
    Departure,
    /// Asks for something.
    Arrival,
}

/// Where an event stands on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EventHandle(Duration, Class, u64);

impl<E> EventQueue<E> {
    pub(super) fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn put(&mut self, at: Duration, class: Class, event: E) -> EventHandle {
        self.sequence += 1;
        let handle = EventHandle(at, class, self.sequence);
        self.entries.insert(handle, event);
        handle
    }

    /// Takes an event off that is not to happen any more. One that has happened is left alone.
    pub(super) fn cancel(&mut self, handle: EventHandle) {
        self.entries.remove(&handle);
    }

    pub(super) fn next(&mut self) -> Option<(Duration, E)> {
        let (EventHandle(at, ..), event) = self.entries.pop_first()?;
        Some((at, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departures_come_before_arrivals_and_then_the_first_put_down() {
        let mut event_queue = EventQueue::new();
        let second = Duration::from_secs(1);
        event_queue.put(second, Class::Arrival, "first arrival");
        event_queue.put(second, Class::Arrival, "second arrival");
        event_queue.put(second * 2, Class::Departure, "later");
        event_queue.put(second, Class::Departure, "departure");
        let order: Vec<_> = std::iter::from_fn(|| event_queue.next())
            .map(|(_, event)| event)
            .collect();
        assert_eq!(
            order,
            ["departure", "first arrival", "second arrival", "later"]
        );
    }

    #[test]
    fn what_is_cancelled_does_not_happen_and_takes_no_room() {
        let mut event_queue = EventQueue::new();
        let second = Duration::from_secs(1);
        let handle = event_queue.put(second, Class::Arrival, "cancelled");
        event_queue.put(second, Class::Arrival, "happens");
        event_queue.cancel(handle);
        assert_eq!(event_queue.entries.len(), 1);
        assert_eq!(event_queue.next(), Some((second, "happens")));
        event_queue.cancel(handle);
        assert_eq!(event_queue.next(), None);
    }
}

//! The queue of future events in virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

/// Events in order of time. At one instant departures precede arrivals; otherwise the order of insertion
/// holds, so that a seed has one result.
#[derive(Debug)]
pub(super) struct EventQueue<E> {
    entries: BTreeMap<EventHandle, E>,
    sequence: u64,
}

/// The order of events at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Frees a slot.
    Departure,
    /// May take a slot.
    Arrival,
}

/// The position of an event in the queue, by which it can be cancelled.
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

    /// Removes an event. Has no effect if the event has happened.
    pub(super) fn cancel(&mut self, handle: EventHandle) {
        self.entries.remove(&handle);
    }

    /// Whether the next event comes before this time, or at it in this class or an earlier one.
    pub(super) fn precedes(&self, at: Duration, class: Class) -> bool {
        let next = self.entries.first_key_value();
        next.is_some_and(|(EventHandle(first, kind, _), _)| (*first, *kind) <= (at, class))
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
    fn departures_precede_arrivals_and_then_the_first_inserted() {
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

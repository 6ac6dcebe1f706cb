//! The queue of future events in virtual time.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

/// Events in order of time. At one instant departures precede arrivals; otherwise the order of insertion
/// holds, so that a seed has one result.
#[derive(Debug)]
pub(super) struct EventQueue<E> {
    /// Those that cannot be cancelled: a heap takes and gives them faster than an ordered map.
    certain: BinaryHeap<Entry<E>>,
    cancellable: BTreeMap<EventHandle, E>,
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

/// An event and its position; the first in order is the greatest.
#[derive(Debug)]
struct Entry<E> {
    handle: EventHandle,
    event: E,
}

impl<E> EventQueue<E> {
    pub(super) fn new() -> Self {
        Self {
            certain: BinaryHeap::new(),
            cancellable: BTreeMap::new(),
            sequence: 0,
        }
    }

    /// Adds an event that will happen.
    pub(super) fn put(&mut self, at: Duration, class: Class, event: E) {
        let handle = self.handle(at, class);
        self.certain.push(Entry { handle, event });
    }

    /// Adds an event that may be cancelled.
    pub(super) fn put_cancellable(&mut self, at: Duration, class: Class, event: E) -> EventHandle {
        let handle = self.handle(at, class);
        self.cancellable.insert(handle, event);
        handle
    }

    /// Removes an event. Has no effect if the event has happened.
    pub(super) fn cancel(&mut self, handle: EventHandle) {
        self.cancellable.remove(&handle);
    }

    /// Whether the next event comes before this time, or at it in this class or an earlier one.
    pub(super) fn precedes(&self, at: Duration, class: Class) -> bool {
        let certain = self.certain.peek().map(|entry| entry.handle);
        let next = certain.into_iter().chain(self.cancellable());
        next.min()
            .is_some_and(|EventHandle(first, kind, _)| (first, kind) <= (at, class))
    }

    pub(super) fn next(&mut self) -> Option<(Duration, E)> {
        let certain = self.certain.peek().map(|entry| entry.handle);
        match (certain, self.cancellable()) {
            (Some(certain), Some(other)) if other < certain => self.next_cancellable(),
            (None, Some(_)) => self.next_cancellable(),
            _ => {
                let Entry { handle, event } = self.certain.pop()?;
                Some((handle.0, event))
            }
        }
    }

    fn cancellable(&self) -> Option<EventHandle> {
        let first = self.cancellable.first_key_value();
        first.map(|(handle, _)| *handle)
    }

    fn next_cancellable(&mut self) -> Option<(Duration, E)> {
        let (EventHandle(at, ..), event) = self.cancellable.pop_first()?;
        Some((at, event))
    }

    fn handle(&mut self, at: Duration, class: Class) -> EventHandle {
        self.sequence += 1;
        EventHandle(at, class, self.sequence)
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.handle.cmp(&self.handle)
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.handle == other.handle
    }
}

impl<E> Eq for Entry<E> {}

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
        event_queue.put_cancellable(second, Class::Departure, "departure");
        event_queue.put_cancellable(second, Class::Arrival, "third arrival");
        let order: Vec<_> = std::iter::from_fn(|| event_queue.next())
            .map(|(_, event)| event)
            .collect();
        assert_eq!(
            order,
            [
                "departure",
                "first arrival",
                "second arrival",
                "third arrival",
                "later"
            ]
        );
    }

    #[test]
    fn what_is_cancelled_does_not_happen_and_takes_no_room() {
        let mut event_queue = EventQueue::new();
        let second = Duration::from_secs(1);
        let handle = event_queue.put_cancellable(second, Class::Arrival, "cancelled");
        event_queue.put(second, Class::Arrival, "happens");
        event_queue.cancel(handle);
        assert!(event_queue.cancellable.is_empty());
        assert!(event_queue.precedes(second, Class::Arrival));
        assert!(!event_queue.precedes(second, Class::Departure));
        assert_eq!(event_queue.next(), Some((second, "happens")));
        event_queue.cancel(handle);
        assert_eq!(event_queue.next(), None);
    }
}

//! What is still to happen in virtual time, in order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Events in order of time. At one instant departures come before arrivals, and otherwise what was
/// put down first comes first, so that a run has only one course.
#[derive(Debug)]
pub(super) struct Agenda<E> {
    entries: BinaryHeap<Reverse<Entry<E>>>,
    put_down: u64,
}

/// The order of events at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Frees something.
    Departure,
    /// Asks for something.
    Arrival,
}

#[derive(Debug)]
struct Entry<E> {
    key: (Duration, Class, u64),
    event: E,
}

impl<E> Agenda<E> {
    pub(super) fn new() -> Self {
        Self {
            entries: BinaryHeap::new(),
            put_down: 0,
        }
    }

    pub(super) fn put(&mut self, at: Duration, class: Class, event: E) {
        self.put_down += 1;
        let key = (at, class, self.put_down);
        self.entries.push(Reverse(Entry { key, event }));
    }

    pub(super) fn next(&mut self) -> Option<(Duration, E)> {
        let Reverse(entry) = self.entries.pop()?;
        Some((entry.key.0, entry.event))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departures_come_before_arrivals_and_then_the_first_put_down() {
        let mut agenda = Agenda::new();
        let second = Duration::from_secs(1);
        agenda.put(second, Class::Arrival, "first arrival");
        agenda.put(second, Class::Arrival, "second arrival");
        agenda.put(second * 2, Class::Departure, "later");
        agenda.put(second, Class::Departure, "departure");
        let order: Vec<_> = std::iter::from_fn(|| agenda.next())
            .map(|(_, event)| event)
            .collect();
        assert_eq!(
            order,
            ["departure", "first arrival", "second arrival", "later"]
        );
    }
}

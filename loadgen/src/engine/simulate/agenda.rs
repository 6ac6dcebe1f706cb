//! What is still to happen in virtual time, in order.

use std::collections::BTreeMap;
use std::time::Duration;

/// Events in order of time. At one instant departures come before arrivals, and otherwise what was
/// put down first comes first, so that a run has only one course.
#[derive(Debug)]
pub(super) struct Agenda<E> {
    entries: BTreeMap<Slip, E>,
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

/// Where an event stands on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slip(Duration, Class, u64);

impl<E> Agenda<E> {
    pub(super) fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            put_down: 0,
        }
    }

    pub(super) fn put(&mut self, at: Duration, class: Class, event: E) -> Slip {
        self.put_down += 1;
        let slip = Slip(at, class, self.put_down);
        self.entries.insert(slip, event);
        slip
    }

    /// Takes an event off that is not to happen any more. One that has happened is left alone.
    pub(super) fn cancel(&mut self, slip: Slip) {
        self.entries.remove(&slip);
    }

    pub(super) fn next(&mut self) -> Option<(Duration, E)> {
        let (Slip(at, ..), event) = self.entries.pop_first()?;
        Some((at, event))
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

    #[test]
    fn what_is_cancelled_does_not_happen_and_takes_no_room() {
        let mut agenda = Agenda::new();
        let second = Duration::from_secs(1);
        let slip = agenda.put(second, Class::Arrival, "cancelled");
        agenda.put(second, Class::Arrival, "happens");
        agenda.cancel(slip);
        assert_eq!(agenda.entries.len(), 1);
        assert_eq!(agenda.next(), Some((second, "happens")));
        agenda.cancel(slip);
        assert_eq!(agenda.next(), None);
    }
}

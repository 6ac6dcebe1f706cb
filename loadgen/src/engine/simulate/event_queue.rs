//! The queue of future events in virtual time.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::num::NonZeroU128;
use std::time::Duration;

/// Events in order of time. At one instant departures precede arrivals; otherwise the order of insertion
/// holds, so that a seed has one result.
///
/// Most events are inserted in order with others of their kind: equal service times end in the order of their begin,
/// and equal waits too. So an event goes behind the last one of a lane if it comes later; only what fits behind none
/// goes to a heap, which takes longer.
#[derive(Debug)]
pub(super) struct EventQueue<E> {
    lanes: [VecDeque<Entry<E>>; LANES],
    rest: BinaryHeap<Entry<E>>,
    /// Those that may be cancelled.
    cancellable: BTreeMap<EventHandle, E>,
    /// The first of each lane, of the rest and of those that may be cancelled; [`NEVER`] where there is none.
    first: [EventHandle; LANES + 2],
    sequence: u64,
}

/// As many as there are usually different waits.
const LANES: usize = 4;
/// For so many events a lane has room from the first one on.
const AT_FIRST: usize = 64;
const REST: usize = LANES;
const CANCELLABLE: usize = LANES + 1;

/// The order of events at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Frees a slot.
    Departure,
    /// May take a slot.
    Arrival,
}

/// The position of an event in the queue, by which it can be cancelled: its time in nanoseconds, its class (one bit),
/// its number (62 bits) and a one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EventHandle(NonZeroU128);

/// Behind every event.
const NEVER: EventHandle = EventHandle(NonZeroU128::MAX);

/// An event and its position; the first in order is the greatest.
#[derive(Debug)]
struct Entry<E> {
    handle: EventHandle,
    event: E,
}

impl<E: Copy> EventQueue<E> {
    pub(super) fn new() -> Self {
        Self {
            lanes: [const { VecDeque::new() }; LANES],
            rest: BinaryHeap::new(),
            cancellable: BTreeMap::new(),
            first: [NEVER; LANES + 2],
            sequence: 0,
        }
    }

    /// Adds an event that will happen.
    pub(super) fn put(&mut self, at: Duration, class: Class, event: impl Into<E>) {
        let event = event.into();
        let handle = self.handle(at, class);
        let entry = Entry { handle, event };
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            match lane.back() {
                None => {
                    self.first[place] = handle;
                    lane.reserve(AT_FIRST);
                }
                Some(last) if last.handle < handle => {}
                Some(_) => continue,
            }
            lane.push_back(entry);
            return;
        }
        self.first[REST] = self.first[REST].min(handle);
        self.rest.push(entry);
    }

    /// Adds an event that may be cancelled.
    pub(super) fn put_cancellable(
        &mut self,
        at: Duration,
        class: Class,
        event: impl Into<E>,
    ) -> EventHandle {
        let event = event.into();
        let handle = self.handle(at, class);
        self.first[CANCELLABLE] = self.first[CANCELLABLE].min(handle);
        self.cancellable.insert(handle, event);
        handle
    }

    /// Removes an event. Has no effect if the event has happened.
    pub(super) fn cancel(&mut self, handle: EventHandle) {
        self.cancellable.remove(&handle);
        if self.first[CANCELLABLE] == handle {
            self.first[CANCELLABLE] = self.first_cancellable();
        }
    }

    /// The next event, unless it comes after this time and class.
    pub(super) fn next_until(&mut self, at: Duration, class: Class) -> Option<(Duration, E)> {
        let (place, first) = self.first_place();
        (first <= EventHandle::last_of(at, class)).then(|| self.take(place))?
    }

    /// When the next event is, if there is one.
    pub(super) fn next_at(&self) -> Option<Duration> {
        let (_, first) = self.first_place();
        (first != NEVER).then(|| first.at())
    }

    pub(super) fn next(&mut self) -> Option<(Duration, E)> {
        let (place, _) = self.first_place();
        self.take(place)
    }

    /// Where the first event is.
    fn first_place(&self) -> (usize, EventHandle) {
        let mut first = (0, self.first[0]);
        for (place, handle) in self.first.iter().enumerate().skip(1) {
            if *handle < first.1 {
                first = (place, *handle);
            }
        }
        first
    }

    fn take(&mut self, place: usize) -> Option<(Duration, E)> {
        let Entry { handle, event } = match place {
            CANCELLABLE => {
                let (handle, event) = self.cancellable.pop_first()?;
                self.first[place] = self.first_cancellable();
                Entry { handle, event }
            }
            REST => {
                let entry = self.rest.pop()?;
                self.first[place] = self.rest.peek().map_or(NEVER, |entry| entry.handle);
                entry
            }
            lane => {
                let entry = self.lanes[lane].pop_front()?;
                let next = self.lanes[lane].front();
                self.first[place] = next.map_or(NEVER, |entry| entry.handle);
                entry
            }
        };
        Some((handle.at(), event))
    }

    fn first_cancellable(&self) -> EventHandle {
        let first = self.cancellable.first_key_value();
        first.map_or(NEVER, |(handle, _)| *handle)
    }

    fn handle(&mut self, at: Duration, class: Class) -> EventHandle {
        self.sequence += 1;
        EventHandle::first_of(at, class, self.sequence)
    }
}

impl EventHandle {
    /// No run lasts as long as 2^64 nanoseconds: what is later is at their end.
    fn first_of(at: Duration, class: Class, number: u64) -> Self {
        let at_ns = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
        let order = (class as u64) << 63 | number << 1;
        Self(NonZeroU128::MIN | (u128::from(at_ns) << 64 | u128::from(order)))
    }

    fn last_of(at: Duration, class: Class) -> Self {
        Self::first_of(at, class, u64::MAX >> 2)
    }

    fn at(self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0.get() >> 64).unwrap_or(u64::MAX))
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
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn departures_precede_arrivals_and_then_the_first_inserted() {
        let mut event_queue = EventQueue::<&str>::new();
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
        let mut event_queue = EventQueue::<&str>::new();
        let second = Duration::from_secs(1);
        let handle = event_queue.put_cancellable(second, Class::Arrival, "cancelled");
        event_queue.put(second, Class::Arrival, "happens");
        event_queue.cancel(handle);
        assert!(event_queue.cancellable.is_empty());
        assert_eq!(event_queue.next_until(second, Class::Departure), None);
        let happens = event_queue.next_until(second, Class::Arrival);
        assert_eq!(happens, Some((second, "happens")));
        event_queue.cancel(handle);
        assert_eq!(event_queue.next(), None);
    }

    proptest! {
        /// Whatever lane an event is in.
        #[test]
        fn events_happen_in_order_however_they_are_put(
            steps in prop::collection::vec((0_u64..20, any::<bool>(), 0_u8..4), 1..400)
        ) {
            let mut event_queue = EventQueue::<usize>::new();
            let mut waiting = BTreeSet::new();
            let mut now = Duration::ZERO;
            for (number, (wait, departs, what)) in steps.into_iter().enumerate() {
                let class = if departs { Class::Departure } else { Class::Arrival };
                let at = now + Duration::from_secs(wait);
                match what {
                    0 => {
                        let next = event_queue.next();
                        let expected = waiting.pop_first().map(|(at, _, number)| (at, number));
                        prop_assert_eq!(next, expected);
                        now = next.map_or(now, |(at, _)| at);
                        continue;
                    }
                    1 => _ = event_queue.put_cancellable(at, class, number),
                    _ => event_queue.put(at, class, number),
                }
                waiting.insert((at, class, number));
            }
            let rest: Vec<_> = std::iter::from_fn(|| event_queue.next()).collect();
            let expected = waiting.into_iter().map(|(at, _, number)| (at, number));
            prop_assert_eq!(rest, expected.collect::<Vec<_>>());
        }
    }
}

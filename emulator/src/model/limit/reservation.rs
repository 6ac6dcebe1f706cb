//! A virtual queue: each refusal takes the next place in it, and its answer says when its turn is.
//!
//! Any request that comes at a turn is admitted: a place belongs to no particular request, since requests
//! are anonymous. While places are promised, no request passes them. The rate counts a request at its turn,
//! so that the turns never exceed it; of requests that come late, more can be served within a window.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use super::meter::Meter;

/// How long a place is kept for a request that is late. A client that reads whole seconds only comes up
/// to a second late. Ours.
pub(super) const KEPT: Duration = Duration::from_secs(5);

/// How many places may be promised. A request that is refused beyond that gets the last turn's time and no place.
pub(super) const MOST: usize = 100_000;

/// The least wait for a turn: a client must have a time to wait for.
const SOONEST: Duration = Duration::from_millis(1);

/// The turns that are promised, and the slots that they will take.
#[derive(Debug)]
pub(super) struct Reservations {
    /// In order; promised and not yet used.
    turns: VecDeque<Duration>,
    /// The last turn ever promised.
    last: Duration,
    /// When slots are planned to be free again, at most one for each slot.
    ends: BinaryHeap<Reverse<Duration>>,
    /// How long a request is planned to take.
    service_time: Duration,
}

impl Reservations {
    pub(super) fn new(service_time: Duration) -> Reservations {
        Reservations {
            turns: VecDeque::new(),
            last: Duration::ZERO,
            ends: BinaryHeap::new(),
            service_time,
        }
    }

    /// Whether the request that comes now has a turn that was promised; it is used up.
    pub(super) fn claim(&mut self, now: Duration) -> bool {
        while self.turns.front().is_some_and(|turn| *turn + KEPT <= now) {
            self.turns.pop_front();
        }
        self.turns.pop_front_if(|turn| *turn <= now).is_some()
    }

    /// Whether no place is promised.
    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// The next free turn. It is charged to the meter and promised.
    pub(super) fn promise(
        &mut self,
        now: Duration,
        meter: Option<&mut Meter>,
        slots: Option<u32>,
    ) -> Duration {
        if self.turns.len() >= MOST {
            return self.last;
        }
        let soonest = self.last.max(now + SOONEST).max(self.next_end(slots));
        let turn = match meter {
            None => soonest,
            Some(meter) => {
                let turn = meter.earliest(soonest);
                meter.charge(turn);
                turn
            }
        };
        self.last = turn;
        self.turns.push_back(turn);
        self.take_slot(turn, slots);
        turn
    }

    /// Plans that a slot is taken from then on.
    pub(super) fn take_slot(&mut self, from: Duration, slots: Option<u32>) {
        let Some(slots) = slots else { return };
        while self.ends.len() >= slots as usize {
            self.ends.pop();
        }
        self.ends.push(Reverse(from + self.service_time));
    }

    fn next_end(&self, slots: Option<u32>) -> Duration {
        let taken = slots.is_some_and(|slots| self.ends.len() >= slots as usize);
        match self.ends.peek() {
            Some(Reverse(end)) if taken => *end,
            _ => Duration::ZERO,
        }
    }
}

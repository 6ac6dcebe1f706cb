//! Waiting requests.

use super::*;

const MOST: u32 = 3;

fn queueing(rate_checked: RateChecked) -> Gate {
    let most = MOST;
    gate(|limits| limits.queue = Some(Queue { most, rate_checked }))
}

/// A gate and the requests that have arrived at it, with service times in virtual time.
struct World {
    gate: Gate,
    /// When each slot in use is free.
    ends: Vec<Duration>,
    /// The requests that wait, each with its service time.
    waiting: Vec<(Place, Duration)>,
    called: Vec<Place>,
}

impl World {
    fn new(gate: Gate) -> World {
        World {
            gate,
            ends: Vec::new(),
            waiting: Vec::new(),
            called: Vec::new(),
        }
    }

    /// Every departure up to `now`, each at its time and with the calls that follow.
    fn depart_until(&mut self, now: Duration) {
        while let Some(end) = self.ends.iter().copied().min().filter(|end| *end <= now) {
            let index = self.ends.iter().position(|other| *other == end).unwrap();
            self.ends.swap_remove(index);
            self.gate.leave();
            while let Some(Call { place, decision }) = self.gate.call(end) {
                let (waited, service) = self.waiting.remove(0);
                assert_eq!(waited, place, "the first to come is the first to go");
                self.called.push(place);
                if decision.is_ok() {
                    self.ends.push(end + service);
                }
            }
        }
    }

    fn arrive(&mut self, now: Duration, service: Duration) -> Entry {
        self.depart_until(now);
        let entry = self.gate.enter(now);
        match entry {
            Entry::Admitted(_) => self.ends.push(now + service),
            Entry::Queued(place) => self.waiting.push((place, service)),
            Entry::Refused(_) => {}
        }
        entry
    }
}

proptest! {
    #[test]
    fn a_queue_is_in_order_within_its_bound_and_only_for_want_of_a_slot(
        requests in requests(), at_start: bool,
    ) {
        let checked = if at_start { RateChecked::Start } else { RateChecked::Arrival };
        let mut world = World::new(queueing(checked));
        for (now, service) in requests {
            let entry = world.arrive(now, service);
            prop_assert!(world.gate.waiting() <= MOST);
            prop_assert!(world.gate.in_use() as usize <= SLOTS);
            prop_assert_eq!(world.gate.in_use() as usize, world.ends.len());
            if world.gate.waiting() > 0 {
                prop_assert_eq!(world.ends.len(), SLOTS);
            }
            let is_waiting = matches!(entry, Entry::Queued(_));
            if limiter(entry) == Some(Limiter::Concurrency) {
                prop_assert_eq!(world.gate.waiting(), MOST);
            }
            prop_assert!(!is_waiting || world.ends.len() == SLOTS);
        }
        world.depart_until(Duration::MAX);
        prop_assert!(world.waiting.is_empty());
        prop_assert!(world.called.is_sorted());
    }

    /// The same requests with slots for all meet the same rate: waiting changes nothing about it.
    #[test]
    fn a_rate_that_is_checked_on_arrival_does_not_see_the_queue(requests in requests()) {
        let endless = Queue { most: Queue::MOST, rate_checked: RateChecked::Arrival };
        let mut world = World::new(gate(|limits| limits.queue = Some(endless)));
        let mut rate_only = gate(|limits| limits.identity.concurrent = None);
        for (now, service) in requests {
            let entry = world.arrive(now, service);
            prop_assert_eq!(refusal(entry).is_none(), is_admitted(rate_only.enter(now)));
        }
    }
}

#[test]
fn a_waiting_request_can_be_refused_when_the_rate_is_checked_at_the_start() {
    let mut gate = queueing(RateChecked::Start);
    for _ in 0..SLOTS {
        gate.enter(Duration::ZERO);
    }
    let Entry::Queued(place) = gate.enter(Duration::ZERO) else {
        panic!("there is room in the queue");
    };
    let tight = limits(|limits| {
        limits.identity.rate.as_mut().unwrap().requests = 5;
        limits.queue = gate.queue;
    });
    gate.set(Duration::ZERO, &tight.identity, &tight);
    gate.leave();
    let call = gate.call(millis(1)).unwrap();
    assert_eq!(call.place, place);
    assert_eq!(call.decision.unwrap_err().limiter, Limiter::Rate);
    assert_eq!((gate.in_use(), gate.waiting()), (4, 0));
}

#[test]
fn a_request_that_left_the_queue_is_not_called() {
    let mut gate = queueing(RateChecked::Arrival);
    let places: Vec<_> = (0..SLOTS + 2)
        .filter_map(|_| match gate.enter(Duration::ZERO) {
            Entry::Queued(place) => Some(place),
            _ => None,
        })
        .collect();
    assert!(gate.leave_queue(places[0]));
    gate.leave();
    let call = gate.call(millis(1)).unwrap();
    assert_eq!(call.place, places[1]);
    assert!(gate.call(millis(1)).is_none());
}

//! Decides which attempt may go, and when. It is given the time.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::limits::Pace;

/// A queue that ends later is discarded. (Ours: thousands of attempts long.)
const LONGEST_QUEUE: Duration = Duration::from_mins(5);

/// Lets attempts through at a [`Pace`].
///
/// Its times count from one start, which its driver chooses.
///
/// ```
/// use imds_client::{Pace, Pacer, Turn};
/// use std::time::Duration;
///
/// let pace = Pace { at_once: 1, burst: 1, ..Pace::IDENTITY };
/// let ms = Duration::from_millis;
/// let mut pacer = Pacer::default();
/// assert_eq!(pacer.ask(&pace, ms(0)), Turn::Go(1));
/// assert_eq!(pacer.ask(&pace, ms(10)), Turn::Wait(ms(120_000))); // until the first is done, or its lease over
/// pacer.done(1);
/// assert_eq!(pacer.ask(&pace, ms(10)), Turn::Wait(ms(52)));
/// assert_eq!(pacer.ask(&pace, ms(52)), Turn::Go(2));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pacer {
    /// When the latest attempts went, the oldest first; no more than a burst.
    went: VecDeque<Duration>,
    /// The latest turns that were reserved, likewise.
    reserved: VecDeque<Duration>,
    /// Until when each attempt in progress counts, by its number.
    under_way: BTreeMap<u64, Duration>,
    numbers: u64,
}

/// What a [`Pacer`] decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Go now. The number is for [`Pacer::done`].
    Go(u64),
    /// Ask again at this time, or when an attempt in progress is done.
    Wait(Duration),
}

impl Pacer {
    /// Takes a turn at `now` if there is one.
    pub fn ask(&mut self, pace: &Pace, now: Duration) -> Turn {
        self.forget(pace, now);
        let at = next(pace, &self.went).max(self.free_at(pace));
        if at > now {
            return Turn::Wait(at);
        }
        // In a damaged file it can be the last number that there is.
        self.numbers = self.numbers.wrapping_add(1);
        add(pace, &mut self.went, now);
        self.under_way
            .insert(self.numbers, now.saturating_add(pace.lease));
        Turn::Go(self.numbers)
    }

    /// Reserves the next turn, for callers that have no other queue, and returns the time at which to
    /// ask for it. A turn that is not asked for then costs the others one interval.
    pub fn reserve(&mut self, pace: &Pace, now: Duration) -> Duration {
        self.forget(pace, now);
        let last = self.reserved.back().copied().unwrap_or_default();
        let turn = next(pace, &self.went).max(next(pace, &self.reserved));
        let turn = turn.max(last).max(now);
        add(pace, &mut self.reserved, turn);
        turn
    }

    /// The attempt of this number has ended.
    pub fn done(&mut self, number: u64) {
        self.under_way.remove(&number);
    }

    /// Removes attempts whose lease is over, and times that lie too far ahead because a clock was set
    /// back.
    fn forget(&mut self, pace: &Pace, now: Duration) {
        let lease_end = now.saturating_add(pace.lease);
        self.under_way
            .retain(|_, until| *until > now && *until <= lease_end);
        for went in &mut self.went {
            *went = (*went).min(now);
        }
        let queue_end = self.reserved.back().copied().unwrap_or_default();
        if queue_end > now.saturating_add(LONGEST_QUEUE) {
            self.reserved.clear();
        }
    }

    /// When the next attempt in progress is given up, if there are as many as there may be.
    fn free_at(&self, pace: &Pace) -> Duration {
        if self.under_way.len() < pace.at_once.max(1) {
            return Duration::ZERO;
        }
        self.under_way.values().min().copied().unwrap_or_default()
    }
}

/// When one more may follow these: a window after the first of a burst.
fn next(pace: &Pace, times: &VecDeque<Duration>) -> Duration {
    let first_of_burst = times.len().checked_sub(pace.burst.max(1));
    let first = first_of_burst.and_then(|first| times.get(first));
    first.map_or(Duration::ZERO, |first| first.saturating_add(pace.window()))
}

/// Adds a time, and removes those before the burst that it is the last of.
fn add(pace: &Pace, times: &mut VecDeque<Duration>, time: Duration) {
    times.push_back(time);
    let surplus = times.len().saturating_sub(pace.burst.max(1));
    times.drain(..surplus);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACE: Pace = Pace {
        interval: Duration::from_millis(52),
        burst: 1,
        at_once: 5,
        lease: Duration::from_secs(10),
    };

    /// As many as IMDS serves in a second, and some more time than that.
    const BURSTS: Pace = Pace { burst: 20, ..PACE };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// What happens to a pacer: time passes, and either an attempt asks or the oldest is done.
    fn happenings() -> impl Strategy<Value = Vec<(u64, bool)>> {
        prop::collection::vec((0_u64..200, prop::bool::weighted(0.8)), 1..200)
    }

    /// Runs the pacer through it, and returns when each attempt went, and when it ended.
    fn run(pace: &Pace, happenings: &[(u64, bool)]) -> Vec<(Duration, Option<Duration>)> {
        let (mut pacer, mut now) = (Pacer::default(), Duration::ZERO);
        let mut went: Vec<(Duration, Option<Duration>)> = Vec::new();
        for (pass, asks) in happenings {
            now += ms(*pass);
            if *asks {
                if let Turn::Go(number) = pacer.ask(pace, now) {
                    went.push((now, None));
                    assert_eq!(number, went.len() as u64);
                }
            } else if let Some(oldest) = went.iter().position(|(_, ended)| ended.is_none()) {
                pacer.done(oldest as u64 + 1);
                went[oldest].1 = Some(now);
            }
        }
        went
    }

    proptest! {
        #[test]
        fn never_goes_faster_than_its_pace(happenings in happenings()) {
            for pair in run(&PACE, &happenings).windows(2) {
                prop_assert!(pair[1].0 >= pair[0].0 + PACE.interval);
            }
        }

        #[test]
        fn never_begins_more_than_a_burst_in_its_time(happenings in happenings(), burst in 1_usize..25) {
            let pace = Pace { burst, at_once: 1000, ..PACE };
            for burst_and_next in run(&pace, &happenings).windows(burst + 1) {
                prop_assert!(burst_and_next[burst].0 >= burst_and_next[0].0 + pace.window());
            }
        }

        #[test]
        fn an_attempt_goes_no_later_than_at_an_even_pace(passes in prop::collection::vec(0_u64..200, 1..100)) {
            let begun = |pace: &Pace| {
                let (mut pacer, mut came) = (Pacer::default(), Duration::ZERO);
                let mut free = Duration::ZERO;
                let mut begun = Vec::new();
                for pass in &passes {
                    came += ms(*pass);
                    free = free.max(came);
                    while let Turn::Wait(at) = pacer.ask(pace, free) {
                        free = at;
                    }
                    begun.push(free);
                }
                begun
            };
            let even = Pace { at_once: 1000, ..PACE };
            let pairs = begun(&even).into_iter().zip(begun(&Pace { burst: 20, ..even }));
            for (even, bursts) in pairs {
                prop_assert!(bursts <= even);
            }
        }

        #[test]
        fn never_lets_more_through_at_once(happenings in happenings()) {
            let went = run(&BURSTS, &happenings);
            for (at, _) in &went {
                let busy = went.iter().filter(|(from, to)| {
                    let end = to.unwrap_or(Duration::MAX).min(*from + PACE.lease);
                    from <= at && *at < end
                });
                prop_assert!(busy.count() <= PACE.at_once);
            }
        }

        #[test]
        fn lets_through_at_exactly_the_time_it_named(happenings in happenings(), early in 1_u64..50) {
            let mut pacer = Pacer::default();
            let mut now = Duration::ZERO;
            for (pass, _) in happenings {
                now += ms(pass);
                if let Turn::Wait(at) = pacer.ask(&BURSTS, now) {
                    let before = at.saturating_sub(ms(early)).max(now);
                    prop_assert_eq!(pacer.ask(&BURSTS, before), Turn::Wait(at));
                    prop_assert!(matches!(pacer.ask(&BURSTS, at), Turn::Go(_)));
                    now = at;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn reserved_turns_come_in_order_and_without_a_wait(
            passes in prop::collection::vec(0_u64..200, 1..100), burst in 1_usize..25,
        ) {
            let pace = Pace { at_once: 1000, burst, ..PACE };
            let (mut pacer, mut now) = (Pacer::default(), Duration::ZERO);
            let mut places = Vec::new();
            for pass in passes {
                now += ms(pass);
                places.push(pacer.reserve(&pace, now));
            }
            for place in places {
                prop_assert!(matches!(pacer.ask(&pace, place), Turn::Go(_)));
            }
        }
    }

    #[test]
    fn after_the_last_number_that_there_is_comes_the_first() {
        let mut pacer = Pacer {
            numbers: u64::MAX,
            ..Pacer::default()
        };
        assert_eq!(pacer.ask(&PACE, ms(0)), Turn::Go(0));
    }

    #[test]
    fn a_queue_that_is_too_long_is_discarded() {
        let mut pacer = Pacer::default();
        pacer.reserve(&PACE, LONGEST_QUEUE * 3);
        assert_eq!(pacer.reserve(&PACE, ms(1)), ms(1));
    }

    #[test]
    fn an_attempt_that_never_ends_is_given_up() {
        let mut pacer = Pacer::default();
        for number in 0..5 {
            pacer.ask(&PACE, ms(52 * number));
        }
        assert_eq!(pacer.ask(&PACE, ms(5000)), Turn::Wait(ms(10_000)));
        assert_eq!(pacer.ask(&PACE, ms(10_000)), Turn::Go(6));
    }

    #[test]
    fn a_burst_goes_from_idle_at_once_and_the_next_after_its_time() {
        let mut pacer = Pacer::default();
        for number in 1..=5 {
            assert_eq!(pacer.ask(&Pace::METADATA, ms(7)), Turn::Go(number));
        }
        assert_eq!(pacer.ask(&Pace::METADATA, ms(8)), Turn::Wait(ms(7 + 1025)));
    }

    #[test]
    fn a_clock_that_was_set_back_costs_an_interval_at_most() {
        let mut pacer = Pacer::default();
        for number in 0..5 {
            pacer.ask(&PACE, ms(1_000_000 + 52 * number));
        }
        assert_eq!(pacer.ask(&PACE, ms(0)), Turn::Wait(PACE.interval));
        assert_eq!(pacer.ask(&PACE, PACE.interval), Turn::Go(6));
    }
}

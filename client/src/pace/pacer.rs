//! Whose turn it is, and when. It is given the time.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::limits::Pace;

/// A line that ends later is not believed. (Ours: thousands of attempts long.)
const LONGEST_LINE: Duration = Duration::from_mins(5);

/// Lets attempts through at a [`Pace`].
///
/// Its times count from whatever start its driver chooses, the same for all of them.
///
/// ```
/// use imds_client::{Pace, Pacer, Turn};
/// use std::time::Duration;
///
/// let pace = Pace { at_once: 1, ..Pace::IDENTITY };
/// let ms = Duration::from_millis;
/// let mut pacer = Pacer::default();
/// assert_eq!(pacer.ask(&pace, ms(0)), Turn::Go(1));
/// assert_eq!(pacer.ask(&pace, ms(10)), Turn::Wait(ms(120_000))); // until the first is done, or lost
/// pacer.done(1);
/// assert_eq!(pacer.ask(&pace, ms(10)), Turn::Wait(ms(52)));
/// assert_eq!(pacer.ask(&pace, ms(52)), Turn::Go(2));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pacer {
    /// Before this nobody goes.
    next: Duration,
    /// Where the line ends of those who have lined up.
    line: Duration,
    /// Until when each attempt under way counts, by its number.
    under_way: BTreeMap<u64, Duration>,
    numbers: u64,
}

/// What a [`Pacer`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Go now; the number is to be given back to [`Pacer::done`].
    Go(u64),
    /// Ask again at this time, or when one that is under way is done.
    Wait(Duration),
}

impl Pacer {
    /// Takes a turn at `now` if it is to be had.
    pub fn ask(&mut self, pace: &Pace, now: Duration) -> Turn {
        self.forget(pace, now);
        let free = self.free_at(pace);
        let at = self.next.max(free);
        if at > now {
            return Turn::Wait(at);
        }
        self.numbers += 1;
        self.next = now.saturating_add(pace.interval);
        self.under_way
            .insert(self.numbers, now.saturating_add(pace.lease));
        Turn::Go(self.numbers)
    }

    /// Takes the next place in a line, for those who cannot see each other: the time at which to ask.
    /// Whoever does not ask then has cost the others one interval.
    pub fn line_up(&mut self, pace: &Pace, now: Duration) -> Duration {
        self.forget(pace, now);
        let turn = self.line.max(self.next).max(now);
        self.line = turn.saturating_add(pace.interval);
        turn
    }

    /// The attempt of this number has ended.
    pub fn done(&mut self, number: u64) {
        self.under_way.remove(&number);
    }

    /// Forgets those whose lease has run out, and what a clock that was set back has left too far
    /// ahead.
    fn forget(&mut self, pace: &Pace, now: Duration) {
        let lease_end = now.saturating_add(pace.lease);
        self.under_way
            .retain(|_, until| *until > now && *until <= lease_end);
        self.next = self.next.min(now.saturating_add(pace.interval));
        if self.line > now.saturating_add(LONGEST_LINE) {
            self.line = now;
        }
    }

    /// When the next of those under way is given up, if there are as many as there may be.
    fn free_at(&self, pace: &Pace) -> Duration {
        if self.under_way.len() < pace.at_once.max(1) {
            return Duration::ZERO;
        }
        self.under_way.values().min().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACE: Pace = Pace {
        interval: Duration::from_millis(52),
        at_once: 5,
        lease: Duration::from_secs(10),
    };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// What happens to a pacer: time passes, and either someone asks or the oldest is done.
    fn happenings() -> impl Strategy<Value = Vec<(u64, bool)>> {
        prop::collection::vec((0_u64..200, prop::bool::weighted(0.8)), 1..200)
    }

    /// Plays it and gives when each went, and when it ended.
    fn play(happenings: &[(u64, bool)]) -> Vec<(Duration, Option<Duration>)> {
        let (mut pacer, mut now) = (Pacer::default(), Duration::ZERO);
        let mut went: Vec<(Duration, Option<Duration>)> = Vec::new();
        for (pass, asks) in happenings {
            now += ms(*pass);
            if *asks {
                if let Turn::Go(number) = pacer.ask(&PACE, now) {
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
            for pair in play(&happenings).windows(2) {
                prop_assert!(pair[1].0 >= pair[0].0 + PACE.interval);
            }
        }

        #[test]
        fn never_lets_more_through_at_once(happenings in happenings()) {
            let went = play(&happenings);
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
                if let Turn::Wait(at) = pacer.ask(&PACE, now) {
                    let before = at.saturating_sub(ms(early)).max(now);
                    prop_assert_eq!(pacer.ask(&PACE, before), Turn::Wait(at));
                    prop_assert!(matches!(pacer.ask(&PACE, at), Turn::Go(_)));
                    now = at;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn those_who_line_up_go_in_order_and_without_a_wait(passes in prop::collection::vec(0_u64..200, 1..100)) {
            let pace = Pace { at_once: 1000, ..PACE };
            let (mut pacer, mut now) = (Pacer::default(), Duration::ZERO);
            let mut places = Vec::new();
            for pass in passes {
                now += ms(pass);
                places.push(pacer.line_up(&pace, now));
            }
            for place in places {
                prop_assert!(matches!(pacer.ask(&pace, place), Turn::Go(_)));
            }
        }
    }

    #[test]
    fn a_line_that_cannot_be_is_forgotten() {
        let mut pacer = Pacer::default();
        pacer.line_up(&PACE, LONGEST_LINE * 3);
        assert_eq!(pacer.line_up(&PACE, ms(1)), ms(1));
    }

    #[test]
    fn one_that_never_ends_is_given_up() {
        let mut pacer = Pacer::default();
        for number in 0..5 {
            pacer.ask(&PACE, ms(52 * number));
        }
        assert_eq!(pacer.ask(&PACE, ms(5000)), Turn::Wait(ms(10_000)));
        assert_eq!(pacer.ask(&PACE, ms(10_000)), Turn::Go(6));
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

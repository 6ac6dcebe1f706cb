//! The rate limiters behind one type.

use std::time::Duration;

use super::fixed_window::FixedWindow;
use super::gcra::Gcra;
use super::settings::{Algorithm, RateLimit};
use super::sliding_window::SlidingWindow;
use super::token_bucket::TokenBucket;

/// Counts requests in the way its limit says.
///
/// `now` never goes back from one call to the next.
#[derive(Clone, Debug)]
pub(super) enum Meter {
    SlidingWindow(SlidingWindow),
    FixedWindow(FixedWindow),
    TokenBucket(TokenBucket),
    Gcra(Gcra),
}

impl Meter {
    pub(super) fn new(limit: &RateLimit) -> Meter {
        let RateLimit {
            requests, window, ..
        } = *limit;
        let burst = limit.largest_burst();
        match limit.algorithm {
            Algorithm::SlidingWindow => Meter::SlidingWindow(SlidingWindow::new(requests, window)),
            Algorithm::FixedWindow => Meter::FixedWindow(FixedWindow::new(requests, window)),
            Algorithm::TokenBucket => Meter::TokenBucket(TokenBucket::new(requests, window, burst)),
            Algorithm::Gcra => Meter::Gcra(Gcra::new(requests, window, burst)),
        }
    }

    /// When one more request would be admitted if none came before it: `now`, or later.
    pub(super) fn earliest(&self, now: Duration) -> Duration {
        match self {
            Meter::SlidingWindow(meter) => meter.earliest(now),
            Meter::FixedWindow(meter) => meter.earliest(now),
            Meter::TokenBucket(meter) => meter.earliest(now),
            Meter::Gcra(meter) => meter.earliest(now),
        }
    }

    /// How many requests would be admitted at `now`, one after the other.
    pub(super) fn remaining(&self, now: Duration) -> u32 {
        match self {
            Meter::SlidingWindow(meter) => meter.remaining(now),
            Meter::FixedWindow(meter) => meter.remaining(now),
            Meter::TokenBucket(meter) => meter.remaining(now),
            Meter::Gcra(meter) => meter.remaining(now),
        }
    }

    /// Counts a request. One that the meter would not admit leaves it spent from now on, and no
    /// more than spent: there is no debt.
    pub(super) fn charge(&mut self, now: Duration) {
        match self {
            Meter::SlidingWindow(meter) => meter.charge(now),
            Meter::FixedWindow(meter) => meter.charge(now),
            Meter::TokenBucket(meter) => meter.charge(now),
            Meter::Gcra(meter) => meter.charge(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Duration = Duration::from_millis(997);

    fn limit(algorithm: Algorithm, requests: u32, burst: Option<u32>) -> RateLimit {
        RateLimit {
            algorithm,
            requests,
            window: WINDOW,
            burst,
        }
    }

    fn any_limit() -> impl Strategy<Value = RateLimit> {
        let algorithm = prop::sample::select(vec![
            Algorithm::SlidingWindow,
            Algorithm::FixedWindow,
            Algorithm::TokenBucket,
            Algorithm::Gcra,
        ]);
        (algorithm, 1..30_u32, prop::option::of(1..10_u32))
            .prop_map(|(algorithm, requests, burst)| limit(algorithm, requests, burst))
    }

    /// Times of requests, in order, often equal.
    fn arrivals() -> impl Strategy<Value = Vec<Duration>> {
        let gap = prop_oneof![Just(0), 0..40_000_000_u64, 0..1_500_000_000_u64];
        prop::collection::vec(gap, 1..200).prop_map(|gaps| {
            let mut now = Duration::ZERO;
            let times = gaps.into_iter().map(|gap| {
                now += Duration::from_nanos(gap);
                now
            });
            times.collect()
        })
    }

    fn admits(meter: &mut Meter, now: Duration) -> bool {
        let admitted = meter.earliest(now) == now;
        if admitted {
            meter.charge(now);
        }
        admitted
    }

    fn admitted(limit: &RateLimit, arrivals: &[Duration]) -> Vec<Duration> {
        let mut meter = Meter::new(limit);
        let times = arrivals.iter().copied();
        times.filter(|&now| admits(&mut meter, now)).collect()
    }

    proptest! {
        #[test]
        fn refuses_until_the_time_it_named(limit in any_limit(), arrivals in arrivals(), charge in any::<bool>()) {
            let mut meter = Meter::new(&limit);
            for now in arrivals {
                let earliest = meter.earliest(now);
                if earliest > now {
                    let just_before = earliest.checked_sub(Duration::from_nanos(1)).unwrap();
                    prop_assert!(meter.earliest(just_before.max(now)) == earliest);
                    prop_assert!(meter.earliest(earliest) == earliest);
                }
                if charge || earliest == now {
                    meter.charge(now);
                }
            }
        }

        #[test]
        fn as_many_remain_as_are_admitted_at_once(limit in any_limit(), arrivals in arrivals(), charge in any::<bool>()) {
            let mut meter = Meter::new(&limit);
            for now in arrivals {
                let mut probe = meter.clone();
                let at_once = (0..1000).take_while(|_| admits(&mut probe, now)).count();
                prop_assert_eq!(meter.remaining(now) as usize, at_once);
                if charge || at_once > 0 {
                    meter.charge(now);
                }
            }
        }

        #[test]
        fn a_sliding_window_never_holds_more(requests in 1..30_u32, arrivals in arrivals()) {
            let admitted = admitted(&limit(Algorithm::SlidingWindow, requests, None), &arrivals);
            for group in admitted.windows(requests as usize + 1) {
                prop_assert!(group[group.len() - 1] >= group[0] + WINDOW);
            }
        }

        #[test]
        fn a_fixed_window_never_holds_more(requests in 1..30_u32, arrivals in arrivals()) {
            let admitted = admitted(&limit(Algorithm::FixedWindow, requests, None), &arrivals);
            let window_of = |time: &Duration| time.as_nanos() / WINDOW.as_nanos();
            for group in admitted.windows(requests as usize + 1) {
                prop_assert_ne!(window_of(&group[group.len() - 1]), window_of(&group[0]));
            }
        }

        #[test]
        fn a_bucket_never_gives_more_than_it_held_and_what_was_refilled(
            requests in 1..30_u32, burst in 1..40_u32, arrivals in arrivals()
        ) {
            let admitted = admitted(&limit(Algorithm::TokenBucket, requests, Some(burst)), &arrivals);
            for first in 0..admitted.len() {
                for last in first..admitted.len() {
                    let span = admitted[last].as_nanos() - admitted[first].as_nanos();
                    let refilled = span * u128::from(requests) / WINDOW.as_nanos();
                    prop_assert!((last - first + 1) as u128 <= u128::from(burst) + refilled);
                }
            }
        }

        #[test]
        fn gcra_of_burst_one_keeps_its_distance(requests in 1..30_u32, arrivals in arrivals()) {
            let admitted = admitted(&limit(Algorithm::Gcra, requests, None), &arrivals);
            for pair in admitted.windows(2) {
                prop_assert!(pair[1] * requests >= pair[0] * requests + WINDOW);
            }
        }

        /// Two ways to say the same, written apart: neither admits what the other refuses.
        #[test]
        fn gcra_is_a_token_bucket_of_its_burst(
            requests in 1..30_u32, burst in 1..40_u32, arrivals in arrivals(), charge in any::<bool>()
        ) {
            let mut gcra = Meter::new(&limit(Algorithm::Gcra, requests, Some(burst)));
            let mut bucket = Meter::new(&limit(Algorithm::TokenBucket, requests, Some(burst)));
            for now in arrivals {
                prop_assert_eq!(gcra.earliest(now), bucket.earliest(now));
                if charge || gcra.earliest(now) == now {
                    gcra.charge(now);
                    bucket.charge(now);
                }
            }
        }
    }

    #[test]
    fn a_fixed_window_lets_two_bursts_meet_at_its_boundary() {
        let mut meter = Meter::new(&limit(Algorithm::FixedWindow, 2, None));
        let before = WINDOW.checked_sub(Duration::from_nanos(1)).unwrap();
        let times = [before, before, before, WINDOW, WINDOW, WINDOW];
        let admitted = times.map(|now| admits(&mut meter, now));
        assert_eq!(admitted, [true, true, false, true, true, false]);
    }

    #[test]
    fn a_sliding_window_forgets_a_request_after_exactly_one_window() {
        let mut meter = Meter::new(&limit(Algorithm::SlidingWindow, 1, None));
        let before = WINDOW.checked_sub(Duration::from_nanos(1)).unwrap();
        let admitted = [Duration::ZERO, before, WINDOW].map(|now| admits(&mut meter, now));
        assert_eq!(admitted, [true, false, true]);
    }
}

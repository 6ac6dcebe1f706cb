use proptest::prelude::*;

use super::*;

/// A limiter in its plainest form: it looks at all starts so far. Times are in milliseconds.
#[derive(Clone, Debug)]
struct Plain {
    limit: RateLimit,
    slots: Option<u32>,
    /// The first boundary of a fixed window.
    boundary: u64,
}

impl Plain {
    fn window(&self) -> u64 {
        u64::try_from(self.limit.window.as_millis()).expect("a short window")
    }

    /// Whether a request may start now, after those that started before and take so long each.
    fn admits(&self, starts: &[u64], times: &[u64], now: u64) -> bool {
        let running = starts.iter().zip(times).filter(|(at, it)| *at + *it > now);
        let has_slot = self
            .slots
            .is_none_or(|slots| running.count() < slots as usize);
        has_slot && self.has_room(starts, now)
    }

    fn has_room(&self, starts: &[u64], now: u64) -> bool {
        let (window, full) = (self.window(), self.limit.requests as usize);
        let nth = |at: u64| (at + window - self.boundary) / window;
        match self.limit.algorithm {
            Algorithm::SlidingWindow => {
                starts.iter().filter(|at| **at + window > now).count() < full
            }
            Algorithm::FixedWindow => {
                starts.iter().filter(|at| nth(**at) == nth(now)).count() < full
            }
            Algorithm::TokenBucket | Algorithm::Gcra => self.level(starts, now) >= window,
        }
    }

    /// What is in a bucket in which a token is as much as the window is long.
    fn level(&self, starts: &[u64], now: u64) -> u64 {
        let most = u64::from(self.limit.largest_burst()) * self.window();
        let refilled =
            |level: u64, span: u64| most.min(level + span * u64::from(self.limit.requests));
        let (mut level, mut as_of) = (most, 0);
        for at in starts {
            level = refilled(level, at - as_of) - self.window();
            as_of = *at;
        }
        refilled(level, now - as_of)
    }

    /// The makespan if each request starts as soon as it may, and `late` after that.
    fn greedy(&self, times: &[u64], late: &[u64]) -> u64 {
        let mut starts = Vec::new();
        let mut now = 0;
        for late in late
            .iter()
            .copied()
            .chain([0].into_iter().cycle())
            .take(times.len())
        {
            now += late;
            while !self.admits(&starts, times, now) {
                now += 1;
            }
            starts.push(now);
        }
        makespan(&starts, times)
    }

    /// The least makespan of all schedules that the limits admit, by trying them all.
    fn exhaustive(&self, times: &[u64], starts: &mut Vec<u64>, until: u64) -> u64 {
        if starts.len() == times.len() {
            return makespan(starts, times);
        }
        let mut least = u64::MAX;
        for now in starts.last().copied().unwrap_or(0)..=until {
            if self.admits(starts, times, now) {
                starts.push(now);
                least = least.min(self.exhaustive(times, starts, until));
                starts.pop();
            }
        }
        least
    }

    /// The greedy schedule with the boundary where it is best.
    fn least(&self, times: &[u64]) -> u64 {
        let boundaries = match self.limit.algorithm {
            Algorithm::FixedWindow => 1..=self.window(),
            _ => 1..=1,
        };
        let makespans = boundaries.map(|boundary| {
            let phased = Self {
                boundary,
                ..self.clone()
            };
            phased.greedy(times, &[])
        });
        makespans.min().expect("a boundary")
    }

    fn bound(&self, times: &[u64]) -> u64 {
        let each = times.iter().map(|ms| Duration::from_millis(*ms));
        let demand = Demand::new(times.len() as u64, Some(ServiceTimes::of(each)));
        let bound = demand.within(Some((&self.limit, Counted::AtStart)), self.slots);
        u64::try_from(bound.as_millis()).expect("a short bound")
    }
}

fn makespan(starts: &[u64], times: &[u64]) -> u64 {
    let ends = starts.iter().zip(times).map(|(at, it)| at + it);
    ends.max().unwrap_or(0)
}

fn plain(algorithm: Algorithm, requests: u32, window: u64, slots: Option<u32>) -> Plain {
    Plain {
        limit: RateLimit {
            algorithm,
            requests,
            window: Duration::from_millis(window),
            burst: None,
        },
        slots,
        boundary: 1,
    }
}

fn algorithms() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(vec![
        Algorithm::SlidingWindow,
        Algorithm::FixedWindow,
        Algorithm::TokenBucket,
        Algorithm::Gcra,
    ])
}

#[test]
fn the_default_limits_give_the_least_makespans_of_the_greedy_schedule() {
    let limits = plain(Algorithm::SlidingWindow, 20, 1000, Some(5));
    for (tokens, service, least) in [
        (1, 100, 100),
        (20, 100, 400),
        (40, 100, 1400),
        (40, 125, 1500),
        (40, 150, 1600),
        (50, 100, 2200),
        (100, 200, 4800),
        (100, 300, 6000),
        (1000, 200, 49_800),
    ] {
        let times = vec![service; tokens];
        assert_eq!(limits.bound(&times), least, "{tokens} of {service} ms");
        assert_eq!(limits.least(&times), least, "{tokens} of {service} ms");
    }
}

#[test]
fn two_fixed_windows_meet_where_the_slots_have_used_the_first() {
    let limits = plain(Algorithm::FixedWindow, 20, 1000, Some(5));
    assert_eq!(limits.bound(&[100; 60]), 1700);
    assert_eq!(limits.least(&[100; 60]), 1701, "just after a start");
    let at_once = plain(Algorithm::FixedWindow, 20, 1000, None);
    assert_eq!(at_once.bound(&[100; 40]), 100);
    assert_eq!(at_once.bound(&[100; 41]), 1100);
}

#[test]
fn a_fixed_window_that_counts_before_the_start_fills_while_requests_queue() {
    let limits = plain(Algorithm::FixedWindow, 20, 1000, Some(5));
    let times = ServiceTimes::of([Duration::from_millis(100); 60].into_iter());
    let demand = Demand::new(60, Some(times));
    let bound = demand.within(Some((&limits.limit, Counted::Before)), limits.slots);
    assert_eq!(bound, Duration::from_millis(1400));
}

#[test]
fn without_service_times_only_the_rate_counts() {
    let limits = plain(Algorithm::SlidingWindow, 20, 1000, None);
    for (tokens, seconds) in [(0, 0), (20, 0), (21, 1), (100, 4), (1000, 49)] {
        let bound = Demand::new(tokens, None).within(Some((&limits.limit, Counted::AtStart)), None);
        assert_eq!(bound, Duration::from_secs(seconds), "{tokens}");
    }
}

#[test]
fn tokens_that_others_got_take_at_most_the_longest_time_each() {
    let ms = Duration::from_millis;
    let times = ServiceTimes::of([ms(100), ms(200), ms(300)].into_iter());
    let slots = |tokens| Demand::new(tokens, Some(times)).within(None, Some(1));
    assert_eq!(slots(3), ms(600));
    assert_eq!(slots(2), ms(300), "all but the longest");
    assert_eq!(
        slots(1),
        ms(100),
        "the shortest, since 600 less twice 300 is less"
    );
}

proptest! {
    #[test]
    fn no_schedule_of_equal_tokens_is_shorter_than_the_greedy_one(
        algorithm in algorithms(),
        requests in 1_u32..4,
        window in 1_u64..5,
        slots in 1_u32..4,
        service in 1_u64..4,
        tokens in 1_usize..6,
        boundary in 1_u64..5,
    ) {
        let mut limits = plain(algorithm, requests, window, Some(slots));
        limits.boundary = boundary.min(window);
        let times = vec![service; tokens];
        let greedy = limits.greedy(&times, &[]);
        prop_assert_eq!(limits.exhaustive(&times, &mut vec![], greedy), greedy);
    }

    #[test]
    fn the_bound_is_the_makespan_of_the_greedy_schedule_of_equal_tokens(
        algorithm in algorithms(),
        requests in 1_u32..12,
        window in 1_u64..60,
        slots in prop::option::of(1_u32..8),
        service in 1_u64..30,
        tokens in 1_usize..60,
    ) {
        let limits = plain(algorithm, requests, window, slots);
        let times = vec![service; tokens];
        let (bound, least) = (limits.bound(&times), limits.least(&times));
        prop_assert!(bound <= least, "{bound} > {least}");
        // A boundary is a millisecond after a start here, and a bucket has gained at whole milliseconds only.
        let rounding = match algorithm {
            Algorithm::SlidingWindow => 0,
            Algorithm::FixedWindow => 1,
            Algorithm::TokenBucket | Algorithm::Gcra => (tokens as u64) + 1,
        };
        // The slots alone leave no room in a window where it is full before their holders have changed.
        let waves = slots.map_or(1, |slots| u64::from(requests.div_ceil(slots)));
        let fills = algorithm != Algorithm::FixedWindow || waves * service <= window;
        prop_assert!(!fills || least <= bound + rounding, "{least} > {bound}");
    }

    #[test]
    fn no_schedule_beats_the_bound_whatever_the_service_times(
        algorithm in algorithms(),
        requests in 1_u32..12,
        window in 1_u64..60,
        slots in prop::option::of(1_u32..8),
        times in prop::collection::vec(1_u64..40, 1..60),
        late in prop::collection::vec(0_u64..20, 0..20),
        boundary in 1_u64..60,
    ) {
        let mut limits = plain(algorithm, requests, window, slots);
        limits.boundary = boundary.min(window);
        let (bound, makespan) = (limits.bound(&times), limits.greedy(&times, &late));
        prop_assert!(bound <= makespan, "{bound} > {makespan}");
    }
}

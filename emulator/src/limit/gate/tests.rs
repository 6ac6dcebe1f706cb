use proptest::prelude::*;

use super::super::{Algorithm, RateLimit};
use super::*;

const REQUESTS: usize = 20;
const SLOTS: usize = 5;
const WINDOW: Duration = Duration::from_secs(1);

fn gate(change: impl FnOnce(&mut Limits)) -> Gate {
    let identity = CategoryLimits {
        rate: Some(RateLimit {
            algorithm: Algorithm::SlidingWindow,
            requests: 20,
            window: WINDOW,
            burst: None,
        }),
        concurrent: Some(5),
    };
    let mut limits = Limits {
        other: identity.clone(),
        identity,
        check_first: Limiter::Concurrency,
        charge_refused: false,
        retry_after: RetryAfter::None,
    };
    change(&mut limits);
    Gate::new(&limits.identity, &limits)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn limiter(entered: Result<(), Refusal>) -> Option<Limiter> {
    entered.err().map(|refusal| refusal.limiter)
}

/// Enters and leaves at once.
fn pass(gate: &mut Gate, now: Duration) -> Option<Limiter> {
    let entered = gate.enter(now);
    if entered.is_ok() {
        gate.leave();
    }
    limiter(entered)
}

/// Requests in the order of their arrival, each with its service time.
fn requests() -> impl Strategy<Value = Vec<(Duration, Duration)>> {
    let gap = prop_oneof![Just(0), 0..30_u64, 0..1200_u64];
    let service = prop_oneof![Just(0), 0..20_u64, 0..900_u64];
    prop::collection::vec((gap, service), 1..250).prop_map(|steps| {
        let mut now = Duration::ZERO;
        let requests = steps.into_iter().map(|(gap, service)| {
            now += millis(gap);
            (now, millis(service))
        });
        requests.collect()
    })
}

/// The slow reference: everything ever admitted, with its end, counted anew for each request.
fn has_room(admitted: &[(Duration, Duration)], now: Duration) -> bool {
    let recent = admitted.iter().filter(|(start, _)| now < *start + WINDOW);
    let held = admitted.iter().filter(|(_, end)| now < *end);
    recent.count() < REQUESTS && held.count() < SLOTS
}

proptest! {
    #[test]
    fn admits_exactly_when_there_is_room(requests in requests()) {
        let mut gate = gate(|_| {});
        let mut admitted: Vec<(Duration, Duration)> = Vec::new();
        let mut ends: Vec<Duration> = Vec::new();
        for (now, service) in requests {
            let departed = ends.extract_if(.., |end| *end <= now);
            departed.for_each(|_| gate.leave());
            let room = has_room(&admitted, now);
            prop_assert_eq!(gate.enter(now).is_ok(), room);
            if room {
                admitted.push((now, now + service));
                ends.push(now + service);
            }
            prop_assert!(gate.in_use() as usize <= SLOTS);
        }
        for group in admitted.windows(REQUESTS + 1) {
            prop_assert!(group[REQUESTS].0 >= group[0].0 + WINDOW);
        }
    }

    #[test]
    fn charging_the_refused_only_ever_refuses_more(requests in requests()) {
        let mut lenient = gate(|_| {});
        let mut charging = gate(|limits| limits.charge_refused = true);
        let mut passed = (0, 0);
        for (now, _) in requests {
            passed.0 += u32::from(pass(&mut lenient, now).is_none());
            passed.1 += u32::from(pass(&mut charging, now).is_none());
        }
        prop_assert!(passed.1 <= passed.0);
    }
}

#[test]
fn names_the_limiter_that_is_checked_first_when_both_refuse() {
    for first in [Limiter::Concurrency, Limiter::Rate] {
        let mut gate = gate(|limits| {
            limits.check_first = first;
            limits.identity.rate.as_mut().unwrap().requests = 5;
        });
        for _ in 0..SLOTS {
            assert_eq!(gate.enter(Duration::ZERO), Ok(()));
        }
        assert_eq!(limiter(gate.enter(Duration::ZERO)), Some(first));
        gate.leave();
        assert_eq!(limiter(gate.enter(Duration::ZERO)), Some(Limiter::Rate));
    }
}

#[test]
fn never_drains_while_the_refused_are_charged_and_keep_coming() {
    let mut gate = gate(|limits| limits.charge_refused = true);
    for _ in 0..REQUESTS {
        assert_eq!(pass(&mut gate, Duration::ZERO), None);
    }
    let mut steady = (1..400).map(|step| millis(step * 40));
    assert!(steady.all(|now| pass(&mut gate, now) == Some(Limiter::Rate)));
    let after_a_quiet_window = millis(399 * 40) + WINDOW;
    assert_eq!(pass(&mut gate, after_a_quiet_window), None);
}

#[test]
fn tells_when_to_come_back_only_as_it_is_set() {
    let fixed = Duration::from_secs(7);
    for (setting, told) in [
        (RetryAfter::None, None),
        (RetryAfter::WholeSeconds, Some(Duration::from_secs(1))),
        (RetryAfter::Fixed(fixed), Some(fixed)),
    ] {
        let mut gate = gate(|limits| limits.retry_after = setting);
        for _ in 0..REQUESTS {
            pass(&mut gate, Duration::ZERO);
        }
        assert_eq!(gate.enter(millis(300)).unwrap_err().retry_after, told);
    }
}

#[test]
fn rounds_up_to_whole_seconds() {
    assert_eq!(whole_seconds(Duration::ZERO), Duration::from_secs(1));
    assert_eq!(
        whole_seconds(Duration::from_secs(2)),
        Duration::from_secs(2)
    );
    assert_eq!(whole_seconds(millis(2001)), Duration::from_secs(3));
}

#[test]
fn admits_everything_where_nothing_is_limited() {
    let mut gate = gate(|limits| {
        limits.identity = CategoryLimits {
            rate: None,
            concurrent: None,
        };
    });
    assert!((0..1000).all(|_| gate.enter(Duration::ZERO).is_ok()));
    assert_eq!(gate.in_use(), 1000);
}

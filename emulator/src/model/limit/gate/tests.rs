use proptest::prelude::*;

use super::*;
use crate::model::limit::{Abandoned, Algorithm};

mod queue;
mod reservation;

const REQUESTS: usize = 20;
const SLOTS: usize = 5;
const MOST_SLOTS: u32 = 5;
const WINDOW: Duration = Duration::from_secs(1);
const SERVICE: Duration = Duration::from_millis(100);

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
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
        rate_before_header: false,
        retry_after: RetryAfter::None,
        queue: None,
        penalty: None,
        abandoned: Abandoned::Hold,
    };
    change(&mut limits);
    limits
}

fn gate(change: impl FnOnce(&mut Limits)) -> Gate {
    Gate::new(Category::Identity, &limits(change), SERVICE)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn is_admitted(entry: Entry) -> bool {
    matches!(entry, Entry::Admitted(_))
}

fn refusal(entry: Entry) -> Option<Refusal> {
    match entry {
        Entry::Refused(refusal) => Some(refusal),
        _ => None,
    }
}

fn limiter(entry: Entry) -> Option<Limiter> {
    refusal(entry).map(|refusal| refusal.limiter)
}

fn left(entry: Entry) -> Left {
    match entry {
        Entry::Admitted(left) => left,
        Entry::Refused(refusal) => refusal.left,
        Entry::Queued(_) => Left::default(),
    }
}

/// Enters and leaves at once.
fn pass(gate: &mut Gate, now: Duration) -> Option<Limiter> {
    let entered = gate.enter(now);
    if is_admitted(entered) {
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
            let entry = gate.enter(now);
            prop_assert_eq!(is_admitted(entry), room);
            prop_assert_eq!(left(entry).slots, Some(MOST_SLOTS - gate.in_use()));
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
            assert!(is_admitted(gate.enter(Duration::ZERO)));
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
fn tells_how_long_it_is_until_the_rate_would_admit_one_more() {
    let mut gate = gate(|limits| limits.retry_after = RetryAfter::Exact);
    for _ in 0..REQUESTS {
        pass(&mut gate, Duration::ZERO);
    }
    let refusal = refusal(gate.enter(millis(300))).unwrap();
    assert_eq!(refusal.retry_after, Some(WINDOW));
    assert_eq!(refusal.retry_after_ms, Some(millis(700)));
    assert_eq!(refusal.left.requests, Some(0));
    assert_eq!(pass(&mut gate, millis(1000)), None);
}

#[test]
fn a_penalty_refuses_everything_until_it_is_over_and_says_so() {
    let mut gate = gate(|limits| {
        limits.retry_after = RetryAfter::Exact;
        limits.penalty = Some(millis(5000));
    });
    for _ in 0..REQUESTS {
        pass(&mut gate, Duration::ZERO);
    }
    assert_eq!(pass(&mut gate, Duration::ZERO), Some(Limiter::Rate));
    let late = refusal(gate.enter(millis(4999))).unwrap();
    assert_eq!(late.limiter, Limiter::Penalty);
    assert_eq!(late.left.requests, Some(20));
    assert_eq!(late.retry_after_ms, Some(millis(1)));
    assert_eq!(pass(&mut gate, millis(5000)), None);
}

#[test]
fn limits_that_change_lose_neither_slots_nor_what_was_counted() {
    let mut gate = gate(|_| {});
    for _ in 0..SLOTS {
        gate.enter(Duration::ZERO);
    }
    let tighter = limits(|limits| {
        limits.identity.concurrent = Some(6);
        limits.identity.rate.as_mut().unwrap().requests = 6;
    });
    gate.set(Duration::ZERO, &tighter.identity, &tighter);
    assert_eq!(gate.in_use() as usize, SLOTS);
    let entry = gate.enter(Duration::ZERO);
    assert_eq!(
        (left(entry).requests, left(entry).slots),
        (Some(0), Some(0))
    );
    gate.leave();
    assert_eq!(limiter(gate.enter(Duration::ZERO)), Some(Limiter::Rate));
}

#[test]
fn admits_everything_where_nothing_is_limited() {
    let mut gate = gate(|limits| {
        limits.identity = CategoryLimits {
            rate: None,
            concurrent: None,
        };
    });
    assert!((0..1000).all(|_| is_admitted(gate.enter(Duration::ZERO))));
    assert_eq!(gate.in_use(), 1000);
}

#[test]
fn a_request_without_its_header_meets_the_rate_only_where_that_comes_first() {
    let mut lenient = gate(|_| {});
    let mut strict = gate(|limits| limits.rate_before_header = true);
    for _ in 0..REQUESTS {
        assert_eq!(lenient.enter_without_header(Duration::ZERO), Ok(()));
        assert_eq!(strict.enter_without_header(Duration::ZERO), Ok(()));
    }
    assert_eq!(lenient.enter_without_header(Duration::ZERO), Ok(()));
    assert_eq!(pass(&mut lenient, Duration::ZERO), None, "none was charged");
    let refused = strict.enter_without_header(Duration::ZERO).unwrap_err();
    assert_eq!(refused.limiter, Limiter::Rate);
    assert_eq!(pass(&mut strict, Duration::ZERO), Some(Limiter::Rate));
    assert_eq!(
        (lenient.in_use(), strict.in_use()),
        (0, 0),
        "no slot is held"
    );
}

#[test]
fn a_penalty_refuses_a_request_without_its_header_where_the_rate_comes_first() {
    let mut gate = gate(|limits| {
        limits.rate_before_header = true;
        limits.penalty = Some(2 * WINDOW);
    });
    while pass(&mut gate, Duration::ZERO).is_none() {}
    let refused = gate.enter_without_header(WINDOW + millis(1)).unwrap_err();
    assert_eq!(refused.limiter, Limiter::Penalty);
    assert_eq!(gate.enter_without_header(2 * WINDOW + millis(1)), Ok(()));
}

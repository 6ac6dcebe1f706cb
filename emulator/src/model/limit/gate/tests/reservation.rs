//! Turns that are promised.

use super::*;
use crate::model::limit::reservation::KEPT;

fn any_algorithm() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(vec![
        Algorithm::SlidingWindow,
        Algorithm::FixedWindow,
        Algorithm::TokenBucket,
        Algorithm::Gcra,
    ])
}

/// A window that gives whole milliseconds to each request, so that advice is not rounded.
fn reserving(algorithm: Algorithm) -> Gate {
    gate(|limits| {
        limits.retry_after = RetryAfter::Reservation;
        limits.identity.rate.as_mut().unwrap().algorithm = algorithm;
    })
}

/// Simulates clients that each come exactly at the turn they were given. When each was admitted, and
/// how often it was refused.
fn simulate(mut gate: Gate, starts: &[Duration], service: Duration) -> Vec<(Duration, u32)> {
    // Those with a turn come before those without, at one instant.
    let mut agenda: Vec<(Duration, u32)> = starts.iter().map(|start| (*start, 0)).collect();
    let mut ends: Vec<Duration> = Vec::new();
    let mut admitted = Vec::new();
    while let Some(index) =
        (0..agenda.len()).min_by_key(|i| (agenda[*i].0, u32::MAX - agenda[*i].1))
    {
        let (now, refused) = agenda.swap_remove(index);
        let departed = ends.extract_if(.., |end| *end <= now);
        departed.for_each(|_| gate.leave());
        match gate.enter(now) {
            Entry::Admitted(_) => {
                ends.push(now + service);
                admitted.push((now, refused));
            }
            Entry::Refused(refusal) => {
                agenda.push((now + refusal.retry_after_ms.unwrap(), refused + 1));
            }
            Entry::Queued(_) => panic!("service times are as planned, so turns have their slot"),
        }
    }
    admitted
}

proptest! {
    #[test]
    fn a_request_at_its_turn_is_admitted_and_the_rate_is_kept(
        algorithm in any_algorithm(),
        starts in prop::collection::vec(0_u64..3000, 1..120),
        service in 0_u64..100,
    ) {
        let starts: Vec<_> = starts.into_iter().map(millis).collect();
        let admitted = simulate(reserving(algorithm), &starts, millis(service));
        prop_assert_eq!(admitted.len(), starts.len());
        // The reference: a gate that only counts admits the same requests at the same times.
        let mut counting = gate(|limits| {
            limits.identity.concurrent = None;
            limits.identity.rate.as_mut().unwrap().algorithm = algorithm;
        });
        for (now, refused) in admitted {
            prop_assert!(refused <= 1, "refused {refused} times");
            prop_assert!(is_admitted(counting.enter(now)));
        }
    }
}

#[test]
fn no_request_passes_those_with_a_turn() {
    let mut gate = reserving(Algorithm::SlidingWindow);
    for _ in 0..REQUESTS {
        pass(&mut gate, Duration::ZERO);
    }
    let told = |entry| refusal(entry).unwrap().retry_after_ms;
    assert_eq!(told(gate.enter(millis(400))), Some(millis(600)));
    assert_eq!(told(gate.enter(millis(999))), Some(millis(1)));
    assert!(is_admitted(gate.enter(WINDOW)));
    gate.leave();
    assert!(is_admitted(gate.enter(WINDOW)));
}

#[test]
fn an_unused_turn_is_kept_for_a_while() {
    let promise = || {
        let mut gate = reserving(Algorithm::Gcra);
        pass(&mut gate, Duration::ZERO);
        assert!(refusal(gate.enter(Duration::ZERO)).is_some());
        gate
    };
    let turn = millis(50);
    let last_moment = (turn + KEPT).checked_sub(Duration::from_nanos(1)).unwrap();
    let mut kept = promise();
    assert!(is_admitted(kept.enter(last_moment)));
    // It was counted at its turn, so there is one for a newcomer, too.
    assert!(is_admitted(kept.enter(last_moment)));
    let mut lost = promise();
    assert!(is_admitted(lost.enter(turn + KEPT)));
    assert!(refusal(lost.enter(turn + KEPT)).is_some());
}

#[test]
fn a_turn_whose_slot_is_not_free_yet_waits_for_it() {
    let mut gate = reserving(Algorithm::SlidingWindow);
    for _ in 0..SLOTS {
        gate.enter(Duration::ZERO);
    }
    let told = refusal(gate.enter(Duration::ZERO)).unwrap();
    assert_eq!(
        (told.limiter, told.retry_after_ms),
        (Limiter::Concurrency, Some(SERVICE))
    );
    let Entry::Queued(place) = gate.enter(SERVICE) else {
        panic!("the promise is kept");
    };
    gate.leave();
    assert_eq!(gate.call(SERVICE).map(|call| call.place), Some(place));
}

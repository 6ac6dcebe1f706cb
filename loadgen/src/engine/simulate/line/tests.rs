use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::*;
use crate::scenario::through::Starts;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn gate(at_once: Option<usize>, interval_ms: Option<u64>) -> Gate {
    Gate {
        name: Gate::NAME.into(),
        at_once: at_once.and_then(NonZeroUsize::new),
        starts: interval_ms.map(|interval| Starts {
            rate: "as the interval says".into(),
            interval: ms(interval),
        }),
    }
}

/// When each of so many sessions starts that come at once and take so long; sleepers poll if `polls`.
fn starts(gate: &Gate, sessions: u32, length: Duration, polls: bool) -> Vec<Duration> {
    let mut line = Line::default();
    let tickets: Vec<Ticket> = (0..sessions)
        .map(|number| line.join(number, gate))
        .collect();
    let mut looks: BTreeSet<(Duration, u32)> =
        (0..sessions).map(|number| (ms(0), number)).collect();
    let mut ends: BTreeSet<(Duration, u32)> = BTreeSet::new();
    let mut started = vec![Duration::MAX; sessions as usize];
    loop {
        let (look, end) = (looks.first().copied(), ends.first().copied());
        if let Some((now, session)) = end.filter(|end| look.is_none_or(|look| end.0 <= look.0)) {
            ends.pop_first();
            let woken = line.leave(tickets[session as usize], now).into_iter();
            looks.extend(woken.map(|(session, at)| (at, session)));
            continue;
        }
        let Some((now, session)) = looks.pop_first() else {
            return started;
        };
        let ticket = tickets[session as usize];
        match line.look(ticket, now) {
            InLine::Starts => {
                started[session as usize] = now;
                ends.insert((now + length, session));
            }
            InLine::Looks(at) => _ = looks.insert((at, session)),
            InLine::Sleeps => {
                if let State::Waiting { pause, .. } = line.held[&ticket].state
                    && polls
                {
                    line.asleep.remove(&ticket);
                    looks.insert((now + pause, session));
                }
            }
        }
    }
}

#[test]
fn so_many_run_at_once_and_the_next_looks_ten_milliseconds_later() {
    let started = starts(&gate(Some(2), None), 5, ms(105), false);
    assert_eq!(started[..4], [0, 0, 110, 120].map(ms));
}

#[test]
fn without_places_starts_are_only_spaced() {
    let started = starts(&gate(None, Some(250)), 4, Duration::from_mins(10), false);
    assert_eq!(started, [0, 250, 500, 750].map(ms));
}

#[test]
fn a_session_that_waits_for_its_start_keeps_its_place() {
    let started = starts(&gate(Some(1), Some(100)), 3, ms(5), false);
    assert_eq!(started, [0, 100, 200].map(ms));
}

#[test]
fn one_that_wants_fewer_holds_up_those_behind_it() {
    let (two, one) = (gate(Some(2), None), gate(Some(1), None));
    let mut line = Line::default();
    let tickets = [&two, &one, &two].map(|gate| line.join(0, gate));
    let looks = tickets.map(|ticket| line.look(ticket, ms(0)));
    assert_eq!(looks[0], InLine::Starts);
    assert_eq!(looks[1..], [InLine::Looks(ms(10)), InLine::Looks(ms(20))]);
    line.leave(tickets[0], ms(5));
    assert_eq!(line.look(tickets[1], ms(10)), InLine::Starts);
    assert!(matches!(line.look(tickets[2], ms(20)), InLine::Looks(_)));
}

proptest! {
    /// Sleeping until another leaves changes nothing but the number of looks.
    #[test]
    fn a_sleeper_starts_when_one_that_polls_does(
        sessions in 1_u32..40, at_once in 1_usize..6, length in 1_u64..3000, interval in prop::option::of(1_u64..200),
    ) {
        let gate = gate(Some(at_once), interval);
        let asleep = starts(&gate, sessions, ms(length), false);
        prop_assert_eq!(asleep, starts(&gate, sessions, ms(length), true));
    }

    #[test]
    fn no_more_run_at_once_and_none_starts_before_its_turn(
        sessions in 1_u32..40, at_once in 1_usize..6, length in 1_u64..3000, interval in 1_u64..200,
    ) {
        let length = ms(length);
        let started = starts(&gate(Some(at_once), Some(interval)), sessions, length, false);
        for at in &started {
            let running = started.iter().filter(|other| *other <= at && *at < **other + length);
            prop_assert!(running.count() <= at_once);
        }
        let mut in_order = started;
        in_order.sort();
        for pair in in_order.windows(2) {
            prop_assert!(pair[1] >= pair[0] + ms(interval));
        }
    }
}

use proptest::prelude::*;

use super::*;

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const ALWAYS_ON: EventService = EventService {
    first_call: Duration::ZERO,
    switch_off: at(86_400),
};

/// Announced at 10 s, with 60 s of notice, lasting 30 s.
fn event(id: &str) -> Event {
    Event {
        id: id.to_owned(),
        kind: EventKind::Reboot,
        resources: vec!["vm".to_owned()],
        description: String::new(),
        source: EventSource::Platform,
        duration: None,
        announced_at: at(10),
        notice: at(60),
        lasts: at(30),
    }
}

fn one() -> Events {
    Events::new(ALWAYS_ON, vec![event("A")])
}

fn ids(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// The incarnation and the states.
fn seen(events: &mut Events, seconds: u64) -> (u64, Vec<State>) {
    let (incarnation, told) = events.told(at(seconds));
    (
        incarnation,
        told.into_iter().map(|(_, state)| state).collect(),
    )
}

#[test]
fn an_event_starts_when_its_notice_is_over_and_then_is_gone() {
    let mut events = one();
    assert_eq!(seen(&mut events, 9), (0, vec![]));
    assert_eq!(seen(&mut events, 10), (1, vec![State::Scheduled]));
    assert_eq!(seen(&mut events, 69), (1, vec![State::Scheduled]));
    assert_eq!(seen(&mut events, 70), (2, vec![State::Started]));
    assert_eq!(seen(&mut events, 99), (2, vec![State::Started]));
    assert_eq!(seen(&mut events, 100), (3, vec![]));
}

#[test]
fn an_approved_event_starts_at_once() {
    let mut events = one();
    events.approve(at(20), &ids(&["a"]));
    assert_eq!(seen(&mut events, 20), (2, vec![State::Started]));
    events.approve(at(40), &ids(&["A"]));
    assert_eq!(seen(&mut events, 49), (2, vec![State::Started]));
    assert_eq!(seen(&mut events, 50), (3, vec![]));
}

#[test]
fn only_announced_events_are_known() {
    let mut events = one();
    for (now, known) in [(9, false), (10, true), (99, true), (100, false)] {
        assert_eq!(events.knows(at(now), &ids(&["a"])), known, "{now}");
    }
    assert!(!events.knows(at(10), &ids(&["A", "B"])));
    events.approve(at(9), &ids(&["A"]));
    assert_eq!(seen(&mut events, 10), (1, vec![State::Scheduled]));
}

#[test]
fn an_id_can_be_used_again_when_its_event_is_gone() {
    let mut events = one();
    assert_eq!(events.add(at(5), event("a")), Err(CannotAdd::IdTaken));
    assert_eq!(events.add(at(100), event("a")), Ok(()));
}

#[test]
fn no_more_than_a_thousand_are_kept() {
    let mut events = Events::new(ALWAYS_ON, Vec::new());
    for nth in 0..MOST_EVENTS {
        assert_eq!(events.add(at(0), event(&nth.to_string())), Ok(()));
    }
    assert_eq!(events.add(at(0), event("x")), Err(CannotAdd::TooMany));
    assert_eq!(events.add(at(100), event("x")), Ok(()));
}

#[test]
fn the_call_that_switches_it_on_takes_longer() {
    let service = EventService {
        first_call: at(120),
        switch_off: at(1000),
    };
    let mut events = Events::new(service, Vec::new());
    let calls = [(0, 120), (100, 20), (120, 0), (1119, 0), (2119, 120)];
    for (now, longer) in calls {
        assert_eq!(events.call(at(now)), at(longer), "{now}");
    }
}

proptest! {
    /// A client that polls sees the incarnation grow exactly when it sees another document.
    #[test]
    fn the_incarnation_changes_exactly_when_the_events_do(
        times in proptest::collection::vec((0u64..50, 0u64..50, 1u64..50), 1..6),
        approvals in proptest::collection::btree_map(0u64..150, 0usize..6, 0..6),
    ) {
        let planned = times.iter().enumerate().map(|(nth, &(announced, notice, lasts))| Event {
            announced_at: at(announced),
            notice: at(notice),
            lasts: at(lasts),
            ..event(&nth.to_string())
        });
        let mut events = Events::new(ALWAYS_ON, planned.collect());
        let mut last = (0, Vec::new());
        for now in 0..200 {
            if let Some(nth) = approvals.get(&now) {
                events.approve(at(now), &ids(&[&nth.to_string()]));
            }
            let (incarnation, told) = events.told(at(now));
            let told: Vec<_> = told.into_iter().map(|(event, state)| (event.id.clone(), state)).collect();
            prop_assert!(incarnation >= last.0);
            prop_assert_eq!(told != last.1, incarnation != last.0);
            last = (incarnation, told);
        }
        prop_assert_eq!(last, (3 * times.len() as u64, Vec::new()));
    }
}

mod orders;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// What happens to a queue: a process comes that wants so many at once, or one looks, or one ends.
#[derive(Debug, Clone)]
enum Happening {
    Comes(usize),
    Looks(prop::sample::Index),
    Ends(prop::sample::Index),
}

fn happenings(most: usize) -> impl Strategy<Value = Vec<Happening>> {
    let happening = prop_oneof![
        (1..=most).prop_map(Happening::Comes),
        any::<prop::sample::Index>().prop_map(Happening::Looks),
        any::<prop::sample::Index>().prop_map(Happening::Ends),
    ];
    prop::collection::vec(happening, 1..200)
}

/// Keeps the tickets that are held, and whether each runs; calls `started` at each start.
fn run(happenings: &[Happening], mut started: impl FnMut(&BTreeMap<Ticket, bool>, &Ticket)) {
    let mut alive: BTreeMap<Ticket, bool> = BTreeMap::new();
    for happening in happenings {
        let tickets: Vec<Ticket> = alive.keys().copied().collect();
        match happening {
            Happening::Comes(at_once) => {
                let at_once = NonZeroUsize::new(*at_once).expect("at least one");
                let id = Uuid::from_u128(alive.len() as u128);
                alive.insert(Ticket::after(&tickets, at_once, id), false);
            }
            Happening::Looks(index) if !tickets.is_empty() => {
                let mine = index.get(&tickets);
                let mut position = Position::of(mine.at_once);
                let before = tickets.iter().take_while(|ticket| *ticket < mine);
                before.for_each(|ticket| position.count(ticket.at_once));
                if position.may_start() && !alive[mine] {
                    alive.insert(*mine, true);
                    started(&alive, mine);
                }
            }
            Happening::Ends(index) if !tickets.is_empty() => {
                alive.remove(index.get(&tickets));
            }
            Happening::Looks(_) | Happening::Ends(_) => {}
        }
    }
}

proptest! {
    #[test]
    fn no_command_runs_beside_more_than_it_allows(happenings in happenings(4)) {
        let mut crowded = None;
        run(&happenings, |alive, _| {
            let running: Vec<&Ticket> = alive.iter().filter(|(_, runs)| **runs).map(|(ticket, _)| ticket).collect();
            if running.iter().any(|ticket| running.len() > ticket.at_once.get()) {
                crowded = Some(format!("{running:?}"));
            }
        });
        prop_assert_eq!(crowded, None);
    }

    #[test]
    fn a_command_with_as_many_waiting_before_it_as_may_run_does_not_start(happenings in happenings(4)) {
        let mut overtaken = None;
        run(&happenings, |alive, mine| {
            let waiting = alive.iter().filter(|(ticket, runs)| *ticket < mine && !**runs);
            if waiting.count() >= mine.at_once.get() {
                overtaken = Some(*mine);
            }
        });
        prop_assert_eq!(overtaken, None);
    }

    #[test]
    fn the_first_in_the_queue_may_start(at_once in 1_usize..10) {
        let most = NonZeroUsize::new(at_once).expect("at least one");
        let mut position = Position::of(most);
        for _ in 1..at_once {
            position.count(most);
        }
        prop_assert!(position.may_start());
        position.count(most);
        prop_assert!(!position.may_start());
    }

    #[test]
    fn a_ticket_is_known_by_the_name_of_its_file(number: u64, at_once in 1_usize.., id: u128) {
        let at_once = NonZeroUsize::new(at_once).expect("at least one");
        let ticket = Ticket { number, at_once, id: Uuid::from_u128(id) };
        prop_assert_eq!(ticket.to_string().parse(), Ok(ticket));
    }
}

#[test]
fn other_files_are_no_tickets() {
    for name in [
        "",
        "line.lock",
        "1-0-0.ticket",
        "1-2.ticket",
        ".imds-client-x",
        "a-1-b.ticket",
    ] {
        assert_eq!(name.parse::<Ticket>(), Err(()), "{name}");
    }
}

#[test]
fn a_process_far_back_looks_less_often() {
    let position = Position::of(NonZeroUsize::new(5).expect("at least one"));
    let ms = Duration::from_millis;
    let pauses = [5, 6, 24, 1000].map(|before| position.pause(before));
    assert_eq!(pauses, [ms(10), ms(20), ms(200), ms(1000)]);
}

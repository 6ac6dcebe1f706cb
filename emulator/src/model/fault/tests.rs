use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::*;
use crate::model::latency::ServiceTime;

const FACTS: Facts<'_> = Facts {
    path: "/metadata/versions",
    identity: None,
    resource: None,
    connection: 1,
    session: None,
    has_header: true,
};

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn fault(name: &str, effect: Effect, when: When) -> Fault {
    Fault {
        name: name.to_owned(),
        matching: Match::default(),
        when,
        effect,
    }
}

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

fn arrive(faults: &mut Faults, now: Duration) -> Option<Effect> {
    faults.meet(now, Stage::Arrival, &FACTS, None, &mut rng())
}

#[test]
fn the_next_three_are_struck_and_no_more() {
    let next = Some(3);
    let gone = When {
        next,
        ..When::default()
    };
    let mut faults = Faults::new(&[fault("gone", Effect::Status(410), gone)]);
    let struck = (0..5).filter(|_| arrive(&mut faults, seconds(0)).is_some());
    assert_eq!(struck.count(), 3);
    let report = &faults.report()[0];
    assert_eq!((report.seen, report.struck, report.used_up), (5, 3, true));
}

#[test]
fn a_script_is_played_in_the_order_of_the_plan() {
    let next = |next| When {
        next: Some(next),
        ..When::default()
    };
    let plan = [
        fault("first", Effect::Status(500), next(1)),
        fault("then", Effect::Reset, next(2)),
    ];
    let mut faults = Faults::new(&plan);
    let played = [(); 4].map(|()| arrive(&mut faults, seconds(0)));
    let expected = [
        Some(Effect::Status(500)),
        Some(Effect::Reset),
        Some(Effect::Reset),
        None,
    ];
    assert_eq!(played, expected);
}

#[test]
fn only_the_nth_of_those_it_is_for_is_struck() {
    let second = When {
        nth: Some(2),
        ..When::default()
    };
    let mut faults = Faults::new(&[fault("second", Effect::Close, second)]);
    let struck = [(); 3].map(|()| arrive(&mut faults, seconds(0)).is_some());
    assert_eq!(struck, [false, true, false]);
}

#[test]
fn an_injected_fault_counts_its_time_from_now() {
    let mut faults = Faults::default();
    let update = Preset::Update.faults().remove(0);
    faults.inject(seconds(100), update);
    let is_gone = |now| arrive(&mut faults, now) == Some(Effect::Status(410));
    let nearly = seconds(170).checked_sub(Duration::from_nanos(1)).unwrap();
    assert_eq!(
        [seconds(100), nearly, seconds(170)].map(is_gone),
        [true, true, false]
    );
    faults.clear();
    assert!(faults.is_empty());
}

#[test]
fn a_stage_meets_only_its_own_faults() {
    let slow = Effect::Latency(ServiceTime::Fixed(seconds(1)));
    let mut faults = Faults::new(&[fault("slow", slow.clone(), When::default())]);
    assert_eq!(arrive(&mut faults, seconds(0)), None);
    assert_eq!(faults.report()[0].seen, 0);
    let met = faults.meet(seconds(0), Stage::Service, &FACTS, None, &mut rng());
    assert_eq!(met, Some(slow));
}

#[test]
fn an_outage_is_two_statuses_by_halves_and_never_an_answer() {
    let mut faults = Faults::new(&Preset::Outage.faults());
    let mut rng = rng();
    let mut meet = || faults.meet(seconds(1), Stage::Arrival, &FACTS, None, &mut rng);
    let answers: Vec<_> = (0..1000).map(|_| meet()).collect();
    let count = |status| {
        answers
            .iter()
            .filter(move |met| **met == Some(Effect::Status(status)))
    };
    let (errors, unavailable) = (count(500).count(), count(503).count());
    assert_eq!(errors + unavailable, 1000);
    assert!((450..550).contains(&errors), "{errors}");
}

proptest! {
    /// One more fault behind a plan never changes what the plan does.
    #[test]
    fn what_comes_first_is_not_disturbed_by_what_follows(
        times in prop::collection::vec(0_u64..100, 1..50), next in 0_u64..5, seed: u64,
    ) {
        let chance = When { probability: Some(0.3), ..When::default() };
        let first = fault("first", Effect::Status(503), chance);
        let then = fault("then", Effect::Reset, When { next: Some(next), ..When::default() });
        let mut alone = Faults::new(std::slice::from_ref(&first));
        let mut both = Faults::new(&[first, then]);
        let mut rngs = [seed; 2].map(ChaCha8Rng::seed_from_u64);
        for time in times {
            let now = seconds(time);
            let expected = alone.meet(now, Stage::Arrival, &FACTS, None, &mut rngs[0]);
            let met = both.meet(now, Stage::Arrival, &FACTS, None, &mut rngs[1]);
            prop_assert_eq!(met.filter(|met| *met != Effect::Reset), expected);
        }
        prop_assert!(both.report()[1].struck <= next);
    }
}

#[test]
fn those_of_a_name_are_removed_and_say_what_they_did() {
    let always = |name, effect| fault(name, effect, When::default());
    let one = [
        always("a", Effect::Hang),
        always("b", Effect::Close),
        always("a", Effect::Reset),
    ];
    let mut faults = Faults::new(&one);
    assert_eq!(faults.remove("a"), [Effect::Hang, Effect::Reset]);
    assert_eq!(faults.report()[0].name, "b");
    assert_eq!(faults.remove("a"), []);
}

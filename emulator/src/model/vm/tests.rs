use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::*;
use crate::config::{Config, VmSettings};
use crate::model::fault::{Effect, Facts};
use crate::model::limit::Limiter;

const COLD: Duration = Duration::from_millis(100);
const WARM: Duration = Duration::from_millis(10);
const LIFETIME: Duration = Duration::from_mins(1);
const ARM: Request<'_> = token("https://management.azure.com/");
const VERSIONS: Request<'_> = Request::Plain(Category::Other);

const fn token(resource: &str) -> Request<'_> {
    let identity = Selector::Default;
    Request::Token {
        identity,
        resource,
        bypass_cache: false,
    }
}

fn vm() -> Vm {
    let text = "latency = { token_cold = '100ms', token_warm = '10ms', other = '5ms' }\n\
                tokens = { lifetime = '60s' }";
    Vm::new(&Config::from_toml("vm", text).unwrap().vm)
}

fn arrive(vm: &mut Vm, now: Duration, request: &Request<'_>) -> Verdict {
    vm.arrive(now, request, &mut ChaCha8Rng::seed_from_u64(0))
}

fn admit(vm: &mut Vm, now: Duration, request: &Request<'_>) -> Admission {
    match arrive(vm, now, request) {
        Verdict::Admitted(admission) => admission,
        other => panic!("{other:?}"),
    }
}

/// Arrives at `now`, departs after the service time; that time and the token's time of issue.
fn fetch(vm: &mut Vm, now: Duration, request: &Request<'_>) -> (Duration, Duration) {
    let Admission {
        ticket,
        service_time,
        ..
    } = admit(vm, now, request);
    match vm.depart(now + service_time, ticket) {
        Departure::Token(grant) => (service_time, grant.issued_at),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_is_cold_until_the_first_answer_with_it_has_departed() {
    let mut vm = vm();
    let first = admit(&mut vm, Duration::ZERO, &ARM);
    let meanwhile = admit(&mut vm, COLD / 2, &ARM);
    assert_eq!((first.service_time, meanwhile.service_time), (COLD, COLD));
    vm.depart(COLD, first.ticket);
    assert_eq!(fetch(&mut vm, COLD, &ARM), (WARM, COLD));
    assert_eq!(
        fetch(&mut vm, COLD, &token("https://other.example")).0,
        COLD
    );
}

#[test]
fn an_expired_token_is_cold_again_and_issued_anew() {
    let mut vm = vm();
    let (_, issued_at) = fetch(&mut vm, Duration::ZERO, &ARM);
    let expiry = issued_at + LIFETIME;
    let last_moment = expiry.checked_sub(Duration::from_nanos(1)).unwrap();
    assert_eq!(admit(&mut vm, last_moment, &ARM).service_time, WARM);
    assert_eq!(fetch(&mut vm, expiry, &ARM), (COLD, expiry + COLD));
}

#[test]
fn a_departure_frees_its_slot_for_an_arrival_at_the_same_instant() {
    let mut vm = vm();
    let mut admissions: Vec<Admission> = Vec::new();
    admissions.extend((0..5).map(|_| admit(&mut vm, Duration::ZERO, &ARM)));
    let sixth = arrive(&mut vm, COLD, &ARM);
    assert!(matches!(sixth, Verdict::Refused(refusal) if refusal.limiter == Limiter::Concurrency));
    vm.depart(COLD, admissions.remove(0).ticket);
    admit(&mut vm, COLD, &ARM);
    assert_eq!(
        (vm.tally().identity.in_use, vm.tally().identity.peak_in_use),
        (5, 5)
    );
}

#[test]
fn the_categories_do_not_know_each_other() {
    let mut vm = vm();
    let mut held: Vec<Admission> = Vec::new();
    held.extend((0..5).map(|_| admit(&mut vm, Duration::ZERO, &ARM)));
    held.extend((0..5).map(|_| admit(&mut vm, Duration::ZERO, &VERSIONS)));
    let verdict = arrive(&mut vm, Duration::ZERO, &VERSIONS);
    assert!(matches!(verdict, Verdict::Refused(refusal) if refusal.limiter == Limiter::Rate));
    assert_eq!(
        (vm.tally().identity.in_use, vm.tally().other.in_use),
        (5, 5)
    );
}

#[test]
fn what_is_rejected_is_neither_charged_nor_given_a_slot() {
    let mut vm = vm();
    let identity = Selector::ClientId("unknown");
    let unknown = Request::Token {
        identity,
        resource: "r",
        bypass_cache: false,
    };
    for _ in 0..100 {
        let verdict = arrive(&mut vm, Duration::ZERO, &unknown);
        assert!(matches!(
            verdict,
            Verdict::Rejected(Rejection::IdentityNotFound)
        ));
    }
    admit(&mut vm, Duration::ZERO, &ARM);
    assert_eq!(
        (vm.tally().identity.rejected, vm.tally().identity.admitted),
        (100, 1)
    );
}

#[test]
fn tallies_the_service_of_what_was_granted() {
    let mut vm = vm();
    fetch(&mut vm, Duration::ZERO, &ARM);
    fetch(&mut vm, Duration::from_secs(1), &ARM);
    let versions = admit(&mut vm, Duration::from_secs(2), &VERSIONS);
    assert_eq!(
        vm.depart(Duration::from_secs(3), versions.ticket),
        Departure::Plain
    );
    let tally = vm.tally();
    assert_eq!(tally.granted, 2);
    assert_eq!(tally.granted_service_time, COLD + WARM);
    assert_eq!(tally.shortest_service_time, WARM);
    assert_eq!(tally.longest_service_time, COLD);
}

#[test]
fn a_bypassed_cache_is_as_slow_as_an_empty_one_and_gives_a_new_token() {
    let mut vm = vm();
    fetch(&mut vm, Duration::ZERO, &ARM);
    let Request::Token {
        identity, resource, ..
    } = ARM
    else {
        panic!("{ARM:?}")
    };
    let bypass = Request::Token {
        identity,
        resource,
        bypass_cache: true,
    };
    let later = Duration::from_secs(2);
    assert_eq!(fetch(&mut vm, later, &bypass), (COLD, later + COLD));
    assert_eq!(fetch(&mut vm, later * 2, &ARM), (WARM, later + COLD));
}

#[test]
fn what_entra_denies_takes_a_cold_token_s_time_and_a_slot_again_and_again() {
    let text = "latency = { token_cold = '100ms', token_warm = '10ms' }\n\
                tokens.unknown_resources = ['https://nope']";
    let mut vm = Vm::new(&Config::from_toml("vm", text).unwrap().vm);
    for second in 1..3 {
        let now = Duration::from_secs(second);
        let admission = admit(&mut vm, now, &token("https://nope/"));
        assert_eq!(admission.service_time, COLD);
        assert_eq!(vm.tally().identity.in_use, 1);
        let departure = vm.depart(now + COLD, admission.ticket);
        assert!(matches!(
            departure,
            Departure::Denied(denied) if denied.denial == Denial::ResourceUnknown
        ));
        assert_eq!((vm.tally().identity.in_use, vm.tally().granted), (0, 0));
    }
}

#[test]
fn what_is_no_token_counts_in_its_own_category() {
    let mut vm = vm();
    let plain = Request::Plain(Category::Identity);
    let admission = admit(&mut vm, Duration::ZERO, &plain);
    assert_eq!(admission.service_time, Duration::from_millis(5));
    assert_eq!(
        (vm.tally().identity.in_use, vm.tally().other.in_use),
        (1, 0)
    );
    vm.depart(Duration::from_secs(1), admission.ticket);
    assert_eq!(vm.tally().identity.in_use, 0);
}

fn vm_with(text: &str) -> Vm {
    Vm::new(&Config::from_toml("vm", text).unwrap().vm)
}

#[test]
fn waiting_requests_are_called_in_turn_and_served_by_what_is_warm_then() {
    let mut vm = vm_with(
        "latency = { token_cold = '100ms', token_warm = '10ms' }\n\
         limits.queue = { most = 2, rate_checked = 'arrival' }\nlimits.identity.concurrent = 1\n",
    );
    let first = admit(&mut vm, Duration::ZERO, &ARM);
    let mut wait = || match arrive(&mut vm, Duration::ZERO, &ARM) {
        Verdict::Queued(waiting) => waiting,
        other => panic!("{other:?}"),
    };
    let (second, third) = (wait(), wait());
    assert_eq!(vm.tally().identity.waiting, 2);
    assert!(vm.call(COLD).is_none());
    vm.depart(COLD, first.ticket);
    let call = vm.call(COLD).unwrap();
    assert!(vm.call(COLD).is_none());
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let admission = vm.take_up(COLD, second, call, &mut rng).unwrap();
    assert_eq!(admission.service_time, WARM);
    assert!(vm.give_up(third.place));
    let tally = &vm.tally().identity;
    assert_eq!((tally.queued, tally.waiting, tally.admitted), (2, 0, 2));
}

#[test]
fn an_abandoned_slot_is_free_and_grants_nothing() {
    let mut vm = vm();
    let admission = admit(&mut vm, Duration::ZERO, &ARM);
    vm.abandon(admission.ticket);
    assert_eq!((vm.tally().identity.in_use, vm.tally().granted), (0, 0));
    assert_eq!(admit(&mut vm, COLD, &ARM).service_time, COLD);
}

const FACTS: Facts<'_> = Facts {
    path: "/metadata/identity/oauth2/token",
    identity: Some(Selector::Default),
    resource: Some("r"),
    connection: 1,
    session: None,
    has_header: true,
};

#[test]
fn a_fault_before_the_service_leaves_no_trace_in_the_limits() {
    let mut vm = vm_with("[[faults]]\nidentity = 'system'\neffect = 'reset'\nnext = 1\n");
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut meet = || vm.intercept(Duration::ZERO, &FACTS, &mut rng);
    assert_eq!((meet(), meet()), (Some(Effect::Reset), None));
    let mut tally = Tally::default();
    tally.identity.faulted = 1;
    assert_eq!(vm.tally(), &tally);
    assert_eq!(vm.faults().report()[0].struck, 1);
}

#[test]
fn a_slow_request_holds_its_slot_for_longer() {
    let mut vm = vm_with("latency.token_cold = '100ms'\n[[faults]]\neffect = { latency = '2s' }\n");
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut admission = admit(&mut vm, Duration::ZERO, &ARM);
    vm.afflict(Duration::ZERO, &FACTS, &mut admission, &mut rng);
    let slow = COLD + Duration::from_secs(2);
    assert_eq!(admission.service_time, slow);
    vm.depart(slow, admission.ticket);
    assert_eq!(vm.tally().granted_service_time, slow);
}

#[test]
fn a_reset_forgets_all_but_lets_those_being_served_depart() {
    let mut vm = vm();
    fetch(&mut vm, Duration::ZERO, &ARM);
    let mut held: Vec<Admission> = Vec::new();
    held.extend((0..5).map(|_| admit(&mut vm, COLD, &ARM)));
    for _ in 0..2 {
        vm.reset(COLD, &VmSettings::default());
        assert_eq!(vm.tally(), &Tally::default());
    }
    held.extend((0..5).map(|_| admit(&mut vm, COLD, &ARM)));
    for admission in held.drain(..5) {
        let departure = vm.depart(COLD * 2, admission.ticket);
        assert!(matches!(departure, Departure::Token(grant) if grant.issued_at == COLD));
    }
    assert!(vm.past.is_none(), "the last of the past has departed");
    assert_eq!((vm.tally().identity.in_use, vm.tally().granted), (5, 0));
    let departure = vm.depart(COLD * 3, held.remove(0).ticket);
    assert!(matches!(departure, Departure::Token(grant) if grant.issued_at == COLD * 3));
    assert_eq!((vm.tally().identity.in_use, vm.tally().granted), (4, 1));
}

#[test]
fn other_limits_hold_at_once_and_slots_stay_held() {
    let mut vm = vm();
    let held: Vec<Admission> = (0..5).map(|_| admit(&mut vm, COLD, &ARM)).collect();
    let mut limits = VmSettings::default().limits;
    limits.identity.concurrent = Some(6);
    vm.set_limits(COLD, &limits);
    admit(&mut vm, COLD, &ARM);
    assert!(matches!(arrive(&mut vm, COLD, &ARM), Verdict::Refused(_)));
    limits.identity.concurrent = Some(1);
    vm.set_limits(COLD, &limits);
    for admission in held {
        assert!(matches!(arrive(&mut vm, COLD, &ARM), Verdict::Refused(_)));
        vm.depart(COLD, admission.ticket);
    }
    assert_eq!(vm.tally().identity.in_use, 1);
}

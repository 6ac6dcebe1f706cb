use std::time::Duration;

use imds_emulator::environment::Protocol;
use imds_emulator::journal::Entry;
use imds_emulator::limit::Category;
use proptest::prelude::*;

use super::ending::{comes_through, gives_up, says_that_it_failed, succeeds};
use super::requests::{is_not_repeated, keeps_tokens, well_formed};
use super::waits::{a_second, back_off, obey};
use super::*;
use crate::command::check::case;
use crate::command::check::seen::samples::{managed, request, requests, run, seen};
use crate::command::check::seen::{End, Seen};

const WELL: End = End::Code(0);
const ILL: End = End::Code(1);

fn grade(rule: fn(&Seen) -> Judgement, end: End, told: &[(u64, u16)]) -> Grade {
    rule(&seen(end, requests(told))).grade
}

#[test]
fn coming_through_is_to_end_well_and_to_have_been_served() {
    let told = &[(0, 429), (1000, 200)];
    assert_eq!(grade(comes_through, WELL, told), Grade::Passed);
    assert_eq!(grade(comes_through, ILL, told), Grade::Failed);
    assert_eq!(grade(comes_through, End::TimedOut, told), Grade::Failed);
    assert_eq!(grade(comes_through, WELL, &[(0, 429)]), Grade::Failed);
}

#[test]
fn an_answer_that_a_fault_damaged_is_told_from_one_that_is_whole() {
    let mut told = requests(&[(0, 200), (10, 200)]);
    told[0].outcome.reason = Some("malformed".to_owned());
    let mut seen = seen(WELL, told);
    seen.struck = 1;
    let evidence = comes_through(&seen).evidence;
    assert!(evidence.ends_with(": 200 malformed, 200"), "{evidence}");
}

#[test]
fn where_nothing_went_wrong_nothing_was_come_through() {
    for told in [&[][..], &[(0, 200)]] {
        assert_eq!(grade(comes_through, WELL, told), Grade::NotApplicable);
    }
}

#[test]
fn a_failure_is_to_be_said_by_the_exit_code() {
    let told = &[(0, 503)];
    assert_eq!(grade(says_that_it_failed, ILL, told), Grade::Passed);
    assert_eq!(
        grade(says_that_it_failed, End::Signal(6), told),
        Grade::Passed
    );
    assert_eq!(grade(says_that_it_failed, WELL, told), Grade::Failed);
    assert_eq!(
        grade(says_that_it_failed, End::TimedOut, told),
        Grade::NotApplicable
    );
    assert_eq!(
        grade(says_that_it_failed, WELL, &[(0, 200)]),
        Grade::NotApplicable
    );
}

#[test]
fn giving_up_is_to_end_by_oneself() {
    assert_eq!(grade(gives_up, ILL, &[(0, 503)]), Grade::Passed);
    assert_eq!(grade(gives_up, End::TimedOut, &[(0, 503)]), Grade::Failed);
    assert_eq!(grade(succeeds, End::TimedOut, &[]), Grade::Failed);
}

#[test]
fn to_back_off_is_to_wait_and_not_always_the_same() {
    let of = |at: [u64; 4]| grade(back_off, WELL, &at.map(|at| (at, 429)));
    assert_eq!(of([0, 1000, 3000, 7000]), Grade::Passed, "growing");
    assert_eq!(of([0, 1000, 1600, 2900]), Grade::Passed, "by chance");
    assert_eq!(of([0, 1000, 2000, 3000]), Grade::Failed, "always the same");
    assert_eq!(of([0, 10, 2000, 6000]), Grade::Failed, "the first at once");
    let two = &[(0, 429), (1000, 429), (2000, 200)];
    let told = back_off(&seen(WELL, requests(two)));
    assert_eq!(told.grade, Grade::NotApplicable);
    assert!(told.evidence.ends_with("too few to tell whether they grow"));
    assert_eq!(grade(back_off, ILL, &[(0, 429)]), Grade::NotApplicable);
}

#[test]
fn waits_count_between_requests_that_are_alike() {
    let mut told = requests(&[(0, 429), (10, 200), (2000, 200)]);
    told[1].query = "resource=s".into();
    let waits = seen(WELL, told);
    let waits: Vec<Duration> = waits.retries().iter().map(|retry| retry.wait).collect();
    assert_eq!(waits, [Duration::from_millis(1999)]);
}

#[test]
fn retry_after_is_a_least_wait() {
    let after = |at_ms| {
        let mut told = requests(&[(0, 429), (at_ms, 200)]);
        told[0].outcome.retry_after = Some(Duration::from_secs(2));
        told[1].connection = 2;
        obey(&seen(WELL, told)).grade
    };
    assert_eq!(after(2001), Grade::Passed);
    assert_eq!(after(2000), Grade::Failed, "on another connection, too");
    assert_eq!(grade(obey, ILL, &[(0, 429)]), Grade::NotApplicable);
}

#[test]
fn a_server_s_error_is_given_a_second() {
    assert_eq!(
        grade(a_second, WELL, &[(0, 500), (1001, 200)]),
        Grade::Passed
    );
    assert_eq!(
        grade(a_second, WELL, &[(0, 500), (900, 200)]),
        Grade::Failed
    );
    assert_eq!(
        grade(a_second, WELL, &[(0, 429), (10, 200)]),
        Grade::NotApplicable
    );
}

#[test]
fn a_probe_is_no_mistake_and_a_mistake_is_one() {
    let because = |reason: &str| {
        let mut told = requests(&[(0, 400), (5, 200)]);
        told[0].outcome.reason = Some(reason.to_owned());
        well_formed(&seen(WELL, told))
    };
    let probed = because("MetadataHeaderMissing");
    assert_eq!(probed.grade, Grade::Passed);
    assert!(
        probed
            .evidence
            .ends_with("after a probe without the header")
    );
    assert_eq!(because("VersionInvalid").grade, Grade::Failed);
    assert_eq!(
        grade(well_formed, WELL, &[]),
        Grade::Failed,
        "it asked elsewhere"
    );
    assert_eq!(grade(well_formed, WELL, &[(0, 503)]), Grade::Failed);
}

#[test]
fn what_is_faulty_is_asked_once() {
    assert_eq!(grade(is_not_repeated, ILL, &[(0, 400)]), Grade::Passed);
    let twice = &[(0, 400), (1000, 400)];
    assert_eq!(grade(is_not_repeated, ILL, twice), Grade::Failed);
    assert_eq!(
        grade(is_not_repeated, WELL, &[(0, 200)]),
        Grade::NotApplicable
    );
}

#[test]
fn a_token_that_is_asked_for_again_is_told_and_not_judged() {
    let told = keeps_tokens(&seen(WELL, requests(&[(0, 200), (50, 200)])));
    assert_eq!(told.grade, Grade::Noted);
    assert!(told.evidence.starts_with("1 time "), "{}", told.evidence);
    assert_eq!(grade(keeps_tokens, WELL, &[(0, 503)]), Grade::NotApplicable);
}

/// Twenty copies that start together; six of them are refused and retry, so far apart.
fn herd_of_twenty(apart_ms: u64) -> Seen {
    let first = |copy| request(copy, copy, if copy <= 6 { 429 } else { 200 });
    let back = |copy| request(copy, 1000 + copy * apart_ms, 200);
    let mut herd = seen(WELL, (1..=20).map(first).chain((1..=6).map(back)).collect());
    herd.runs = vec![run(WELL); 20];
    herd
}

#[test]
fn a_herd_is_served_if_all_of_it_is() {
    let mut herd = herd_of_twenty(1);
    assert_eq!(herd::all_served(&herd).grade, Grade::Passed);
    herd.runs[3] = run(ILL);
    let judgement = herd::all_served(&herd);
    assert_eq!(judgement.grade, Grade::Failed);
    assert!(judgement.evidence.starts_with("19 of 20 "));
}

#[test]
fn a_herd_that_comes_back_together_does_not_spread_out() {
    assert_eq!(herd::spread(&herd_of_twenty(1)).grade, Grade::Failed);
    assert_eq!(herd::spread(&herd_of_twenty(400)).grade, Grade::Passed);
    let mut lost = herd_of_twenty(1);
    lost.requests.truncate(20);
    assert_eq!(herd::spread(&lost).grade, Grade::NotApplicable);
    lost.requests.retain(|it| it.outcome.status == Some(200));
    let nobody = herd::spread(&lost);
    assert!(
        nobody.evidence.starts_with("none was refused"),
        "{nobody:?}"
    );
}

#[test]
fn the_makespan_stands_beside_the_least_that_the_limits_allow() {
    let told = herd::makespan(&herd_of_twenty(400)).evidence;
    let expected =
        "last of 20 answers 3.40 s after the first request; the limits allow no less than 1.00 s";
    assert_eq!(told, expected);
}

#[test]
fn what_is_documented_for_imds_is_only_advised_elsewhere() {
    let rules = case::all().into_iter().flat_map(|case| case.rules);
    for rule in rules {
        for ground in [Some(rule.tokens), rule.metadata].into_iter().flatten() {
            let Ground { weight, source } = ground;
            assert_eq!(ground.weight_in(Protocol::Imds), weight);
            let documented = source == Source::TokenPage || source == Source::ImdsPage;
            let elsewhere = ground.weight_in(Protocol::Appservice);
            let is_less = documented && weight == Weight::Required;
            assert_eq!(elsewhere != weight, is_less, "{}", rule.name);
        }
    }
}

/// The token of the VM's own identity is granted or refused; Resource Manager answers `status` to a cmdlet
/// with a token of `client`.
fn managed_as(granted: bool, status: u16, client: Option<&str>) -> Seen {
    let token_status = if granted { 200 } else { 429 };
    let mut seen = seen(WELL, requests(&[(0, token_status)]));
    seen.requests[0].query = "resource=https%3A%2F%2Fmanagement.azure.com%2F".into();
    let own = seen
        .identities
        .iter()
        .next()
        .expect("one")
        .client_id
        .clone();
    let client = client.unwrap_or(&own);
    seen.manager = vec![managed(10, Some("Get-AzResource"), status, client)];
    seen
}

#[test]
fn to_work_as_another_identity_than_one_asked_for_is_a_failure() {
    let another = "5a1f0c9e-0000-4000-8000-000000000009";
    let graded = |seen: &Seen| manager::own_identity(seen).grade;
    assert_eq!(graded(&managed_as(true, 200, None)), Grade::Passed);
    assert_eq!(
        graded(&managed_as(false, 200, Some(another))),
        Grade::Failed
    );
    assert_eq!(
        graded(&managed_as(false, 401, Some(another))),
        Grade::NotApplicable
    );
    assert_eq!(
        graded(&seen(WELL, requests(&[(0, 200)]))),
        Grade::NotApplicable
    );
}

#[test]
fn without_a_token_nothing_is_had_of_resource_manager() {
    let graded = |seen: &Seen| manager::no_access(seen).grade;
    assert_eq!(graded(&managed_as(false, 401, None)), Grade::Passed);
    assert_eq!(graded(&managed_as(false, 200, None)), Grade::Failed);
    let mut kept = managed_as(false, 200, None);
    kept.requests.clear();
    assert_eq!(
        graded(&kept),
        Grade::NotApplicable,
        "a token that it has kept"
    );
}

#[test]
fn a_cmdlet_that_usually_works_and_does_not_is_no_coming_through() {
    let mut seen = managed_as(true, 200, None);
    seen.struck = 1;
    let get = Some("Get-AzResource".to_owned());
    seen.usual = [get].into();
    assert_eq!(comes_through(&seen).grade, Grade::Passed);
    seen.usual.insert(Some("Set-AzContext".to_owned()));
    let failed = comes_through(&seen);
    assert_eq!(failed.grade, Grade::Failed);
    let told = "yet Set-AzContext got nothing of Resource Manager, as it did alone";
    assert!(failed.evidence.ends_with(told), "{failed:?}");
}

/// Of instance metadata, not of tokens.
fn of_metadata(told: &[(u64, u16)]) -> Vec<Entry> {
    let mut requests = requests(told);
    for request in &mut requests {
        request.category = Category::Other;
        request.path = "/metadata/instance".into();
        request.query = "api-version=2021-02-01".into();
        request.outcome.token_expires_in = None;
    }
    requests
}

fn named(case: &str, rule: &str) -> Rule {
    let cases = case::all().into_iter().filter(|it| it.name == case);
    let mut rules = cases.flat_map(|case| case.rules);
    rules.find(|it| it.name == rule).expect("a rule")
}

#[test]
fn no_rule_asks_of_metadata_what_the_page_on_tokens_says() {
    for told in [&[(0, 404), (1000, 200)][..], &[(0, 200)], &[(0, 400)]] {
        let seen = seen(WELL, of_metadata(told));
        for rule in case::all().into_iter().flat_map(|case| case.rules) {
            let (ground, judgement) = rule.graded(&seen);
            let is_of_tokens = ground.source == Source::TokenPage;
            let expected = !is_of_tokens || judgement.grade == Grade::NotApplicable;
            assert!(expected, "{}: {judgement:?}", rule.name);
        }
    }
}

#[test]
fn a_404_of_metadata_needs_no_retry_and_a_410_does() {
    let lost = |status| seen(ILL, of_metadata(&[(0, status)]));
    let (_, judgement) = named("not-found", "comes-through").graded(&lost(404));
    assert_eq!(judgement.grade, Grade::NotApplicable);
    assert!(
        judgement.evidence.contains("metadata only"),
        "{judgement:?}"
    );
    let (ground, judgement) = named("gone", "comes-through").graded(&lost(410));
    let expected = (Weight::Required, Source::ImdsPage);
    assert_eq!((ground.weight, ground.source), expected);
    assert_eq!(judgement.grade, Grade::Failed);
    let (ground, _) = named("throttled", "comes-through").graded(&lost(429));
    assert_eq!(
        (ground.weight, ground.source),
        (Weight::Advised, Source::Project)
    );
    let (_, judgement) = named("server-errors", "waits-a-second").graded(&lost(500));
    assert_eq!(judgement.grade, Grade::NotApplicable);
}

#[test]
fn where_both_are_asked_for_the_page_of_what_went_wrong_counts() {
    let source = |failed_token: bool| {
        let mut asked = of_metadata(&[(0, if failed_token { 200 } else { 410 })]);
        asked.extend(requests(&[(10, if failed_token { 410 } else { 200 })]));
        let (ground, _) = named("gone", "comes-through").graded(&seen(WELL, asked));
        ground.source
    };
    assert_eq!(source(true), Source::TokenPage);
    assert_eq!(source(false), Source::ImdsPage);
    let mut probed = of_metadata(&[(0, 400)]);
    probed.extend(requests(&[(10, 200)]));
    assert!(
        seen(WELL, probed).is_about_tokens(),
        "a probe is no failure"
    );
}

proptest! {
    #[test]
    fn every_rule_tells_one_line_of_whatever_was_seen(
        end in prop::sample::select(vec![WELL, ILL, End::TimedOut, End::Signal(9)]),
        told in prop::collection::vec((1..8_u64, 0..5000_u64, prop::sample::select(vec![200_u16, 400, 404, 410, 429, 500])), 0..40),
        copies in 1..6_usize,
    ) {
        let mut told: Vec<_> = told.into_iter().map(|(connection, at, status)| request(connection, at, status)).collect();
        told.sort_by_key(|it| it.at);
        let mut seen = seen(end, told);
        seen.runs = vec![run(end); copies];
        for rule in case::all().into_iter().flat_map(|case| case.rules) {
            let Judgement { grade, evidence } = (rule.judge)(&seen);
            prop_assert!(!evidence.is_empty() && !evidence.contains('\n'), "{}", rule.name);
            prop_assert_eq!(grade == Grade::Noted, rule.tokens.weight == Weight::Information && grade != Grade::NotApplicable);
        }
    }
}

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::wire::head::get;

const TOKEN: &str = "/metadata/identity/oauth2/token?resource=r";

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A request of that connection, answered 1 ms after it came.
fn entry(connection: u64, at_ms: u64, status: u16) -> Entry {
    let mut entry = Entry::arriving(connection, &get(TOKEN));
    entry.at = millis(at_ms);
    entry.outcome.status = Some(status);
    entry.outcome.ended_at = Some(millis(at_ms + 1));
    entry
}

fn with_retry_after(mut entry: Entry, seconds: u64) -> Entry {
    entry.outcome.retry_after = Some(Duration::from_secs(seconds));
    entry
}

fn with_token(mut entry: Entry, seconds: u64) -> Entry {
    entry.outcome.token_expires_in = Some(Duration::from_secs(seconds));
    entry
}

/// In the order of arrival, and numbered so.
fn journal(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| entry.at);
    for (seq, entry) in (1..).zip(&mut entries) {
        entry.seq = seq;
    }
    entries
}

fn found(entries: Vec<Entry>) -> Vec<(Rule, Vec<u64>)> {
    let findings = verify(&journal(entries)).findings.into_iter();
    findings.map(|found| (found.rule, found.requests)).collect()
}

#[test]
fn all_are_counted_and_the_first_are_listed() {
    let told = |at| with_retry_after(entry(1, at, 429), 2);
    let again = (0..4).map(|second| with_token(entry(2, second * 1000 + 5, 200), 3600));
    let entries = [told(0), told(10), told(20)].into_iter().chain(again);
    let report = verify(&journal(entries.collect())).abridged(1);
    let broken = [
        (Rule::RetryAfterIgnored, 2),
        (Rule::ValidTokenAskedAgain, 3),
    ];
    assert_eq!(report.broken, broken.into());
    let told: Vec<_> = report.findings.iter().map(|found| found.rule).collect();
    assert_eq!(told, broken.map(|(rule, _)| rule));
    assert_eq!(report.findings[0].requests, [1, 3]);
}

#[test]
fn a_client_that_retries_before_retry_after_has_not_waited() {
    let told = || with_retry_after(entry(1, 0, 429), 2);
    let ignored = (Rule::RetryAfterIgnored, vec![1, 2]);
    assert_eq!(found(vec![told(), entry(1, 2000, 200)]), [ignored]);
    assert_eq!(found(vec![told(), entry(1, 2001, 200)]), []);
    assert_eq!(
        found(vec![told(), entry(2, 500, 200)]),
        [],
        "another client"
    );
}

#[test]
fn a_faulty_request_is_not_to_be_sent_again() {
    let again = |status| found(vec![entry(1, 0, status), entry(1, 100, 200)]);
    assert_eq!(again(400), [(Rule::ClientErrorRetried, vec![1, 2])]);
    for status in [404, 410, 429, 500, 503] {
        assert_eq!(again(status), [], "{status}");
    }
    let mut corrected = entry(1, 100, 200);
    corrected.query = "resource=s".into();
    assert_eq!(found(vec![entry(1, 0, 400), corrected]), []);
    assert_eq!(found(vec![entry(1, 0, 400), entry(1, 60_001, 200)]), []);
}

#[test]
fn a_good_token_is_not_to_be_asked_for_again() {
    let after = |ms, life| found(vec![with_token(entry(1, 0, 200), life), entry(1, ms, 200)]);
    assert_eq!(
        after(1000, 86_400),
        [(Rule::ValidTokenAskedAgain, vec![1, 2])]
    );
    assert_eq!(after(43_200_001, 86_400), [], "past half its time");
    assert_eq!(after(1000, 290), [], "nearly over");
    let mut on_purpose = entry(1, 1000, 200);
    on_purpose.query = format!("{}&bypass_cache=true", on_purpose.query).into();
    assert_eq!(
        found(vec![with_token(entry(1, 0, 200), 86_400), on_purpose]),
        []
    );
}

#[test]
fn a_client_is_known_by_its_session_over_its_connections() {
    let told = || with_retry_after(entry(1, 0, 429), 2);
    let of = |session: &str, mut entry: Entry| {
        entry.session = Some(session.to_owned());
        entry
    };
    let ignored = (Rule::RetryAfterIgnored, vec![1, 2]);
    assert_eq!(
        found(vec![of("a", told()), of("a", entry(2, 5, 200))]),
        [ignored]
    );
    assert_eq!(found(vec![of("a", told()), of("b", entry(1, 5, 200))]), []);
}

#[test]
fn a_wave_in_step_is_six_clients_that_left_and_came_back_together() {
    let wave = |clients: u64, spread_ms: u64| {
        let pair = |client| {
            [
                entry(client, client, 429),
                entry(client, 1000 + client * spread_ms, 200),
            ]
        };
        found((1..=clients).flat_map(pair).collect())
    };
    assert_eq!(wave(6, 1), [(Rule::WavesInStep, (7..=12).collect())]);
    assert_eq!(wave(5, 1), []);
    assert_eq!(wave(6, 60), [], "they came back spread out");
}

#[test]
fn answers_that_took_no_time_do_not_hide_a_wave() {
    let pair = |client| {
        let mut served = entry(client, 1000 + client, 200);
        served.outcome.service_time = Some(Duration::ZERO);
        [entry(client, client, 429), served]
    };
    let wave = (Rule::WavesInStep, (7..=12).collect());
    assert_eq!(found((1..=6).flat_map(pair).collect()), [wave]);
}

#[test]
fn says_how_many_clients_it_could_not_follow() {
    let report = verify(&journal(vec![
        entry(1, 0, 200),
        entry(2, 1, 200),
        entry(2, 2, 200),
    ]));
    assert_eq!((report.requests, report.clients, report.single), (3, 2, 1));
    assert!(report.clean);
}

/// By rule and requests, if connections with one request are those of one client.
fn possible(entries: Vec<Entry>) -> Vec<(Rule, Vec<u64>)> {
    let report = verify(&journal(entries));
    assert_eq!(
        (report.clean, &*report.findings),
        (report.possible.is_empty(), [].as_slice())
    );
    let findings = report.possible.into_iter();
    findings.map(|found| (found.rule, found.requests)).collect()
}

#[test]
fn a_client_that_opens_a_connection_for_each_request_is_not_called_clean() {
    let told = || with_retry_after(entry(1, 0, 429), 2);
    let ignored = (Rule::RetryAfterIgnored, vec![1, 2]);
    assert_eq!(possible(vec![told(), entry(2, 500, 200)]), [ignored]);
    assert_eq!(possible(vec![told(), entry(2, 2001, 200)]), []);
    let again = (Rule::ClientErrorRetried, vec![1, 2]);
    assert_eq!(
        possible(vec![entry(1, 0, 400), entry(2, 500, 400)]),
        [again]
    );
    let valid = (Rule::ValidTokenAskedAgain, vec![1, 2]);
    let token = |connection| with_token(entry(connection, connection * 10, 200), 86_400);
    assert_eq!(possible(vec![token(1), token(2)]), [valid]);
}

#[test]
fn programs_of_other_names_are_other_clients() {
    let mut other = entry(2, 500, 200);
    other.user_agent = Some("curl/8".to_owned());
    let told = with_retry_after(entry(1, 0, 429), 2);
    assert_eq!(possible(vec![told, other]), []);
}

#[test]
fn a_wave_in_step_is_seen_over_new_connections() {
    let wave = |spread_ms: u64| {
        let pair = |client| {
            [
                entry(client, client, 429),
                entry(100 + client, 1000 + client * spread_ms, 200),
            ]
        };
        possible((1..=6).flat_map(pair).collect())
    };
    assert_eq!(wave(1), [(Rule::WavesInStep, (7..=12).collect())]);
    assert_eq!(wave(60), []);
}

proptest! {
    #[test]
    fn names_requests_of_the_journal_in_their_order(
        entries in prop::collection::vec((1..8_u64, 0..3000_u64, prop::sample::select(vec![200_u16, 400, 429])), 0..60)
    ) {
        let entries = entries.into_iter().map(|(client, at, status)| {
            with_token(with_retry_after(entry(client, at, status), at % 3), 86_400)
        });
        let journal = journal(entries.collect());
        for finding in verify(&journal).findings {
            prop_assert!(finding.requests.len() >= 2);
            prop_assert!(finding.requests.is_sorted());
            prop_assert!(finding.requests.iter().all(|seq| (1..=journal.len() as u64).contains(seq)));
        }
    }

    #[test]
    fn finds_nothing_in_what_patient_clients_do(clients in 1..20_u64) {
        let pair = |client| [
            with_retry_after(entry(client, client * 300, 429), 1),
            with_token(entry(client, 10_000 + client * 300, 200), 86_400),
        ];
        prop_assert_eq!(found((1..=clients).flat_map(pair).collect()), []);
    }
}

use http::Request;
use proptest::prelude::*;

use super::reading::Reading;
use super::*;
use crate::wire::head;
use crate::wire::redact::error_body;

const EPOCH: Duration = Duration::from_secs(1_700_000_000);

fn request() -> Entry {
    let request = Request::get("/metadata/identity/oauth2/token?resource=r&x=secret")
        .header("User-Agent", "tester/1")
        .body(())
        .unwrap();
    Entry::arriving(3, &head::of(request))
}

fn journal(capacity: usize, requests: u64) -> Journal {
    let mut journal = Journal::new(capacity, EPOCH);
    for second in 0..requests {
        journal.open(Duration::from_secs(second), request());
    }
    journal
}

fn numbers(journal: &Journal, filter: &Filter) -> Vec<u64> {
    let mut reading = Reading::begin(journal, filter.clone());
    let pages = std::iter::from_fn(|| reading.page(journal));
    pages.flatten().map(|entry| entry.seq).collect()
}

#[test]
fn forgets_the_oldest_and_goes_on_counting() {
    let mut journal = journal(3, 5);
    assert_eq!(numbers(&journal, &Filter::ALL), [3, 4, 5]);
    assert!(journal.entry(2).is_none());
    assert_eq!(journal.entry(4).map(|entry| entry.seq), Some(4));
    assert!(journal.entry(6).is_none());
    assert_eq!(journal.clear().len(), 3);
    assert_eq!(journal.open(Duration::from_secs(9), request()), 6);
    assert_eq!(journal.resize(0).len(), 1);
    assert_eq!(journal.len(), 0);
}

#[test]
fn an_entry_is_less_than_5_kib_whatever_clients_send() {
    let long = "x".repeat(10_000);
    let request = Request::get(format!(
        "/{long}?resource={long}&{long}={long}&client_id={long}"
    ))
    .method(long.as_str())
    .header("User-Agent", &long)
    .header("x-client-SKU", &long)
    .header("x-ms-client-request-id", &long)
    .header("x-imds-emulator-session", &long)
    .header("metadata", &long)
    .header("x-forwarded-for", &long)
    .header("content-type", &long)
    .body(())
    .unwrap();
    let mut sent = head::of(request);
    sent.body = Some(long.clone().into());
    let entry = Entry::arriving(1, &sent);
    let headers = [
        &entry.user_agent,
        &entry.client_sku,
        &entry.client_request_id,
        &entry.session,
    ];
    let texts = headers.into_iter().flatten().chain([&entry.method]);
    let texts = texts.chain(&entry.sent.body);
    let texts = texts.chain(entry.sent.headers.iter().map(|(_, value)| value));
    let held: usize = texts.map(String::capacity).sum();
    let held = held + entry.path.len() + entry.query.len() + entry.sent.target.len();
    assert!(held > 1000, "{held}: they are long");
    let (reason, error_body) = (32, error_body(&"x".repeat(10_000)).capacity());
    assert!(
        size_of::<Entry>() + held + reason + error_body < 5120,
        "{} + {held}",
        size_of::<Entry>()
    );
}

#[test]
fn selects_by_number_status_and_verdict() {
    let mut journal = journal(100, 6);
    for seq in [2, 3, 5] {
        let entry = journal.entry(seq).unwrap();
        entry.outcome.status = Some(429);
        entry.outcome.verdict = Some(Fate::Refused);
    }
    let refused = Filter {
        verdict: Some(Fate::Refused),
        ..Filter::ALL
    };
    assert_eq!(numbers(&journal, &refused), [2, 3, 5]);
    let later = Filter {
        since: 3,
        status: Some(429),
        ..Filter::ALL
    };
    assert_eq!(numbers(&journal, &later), [3, 5]);
    let first = Filter {
        limit: 2,
        ..Filter::ALL
    };
    assert_eq!(numbers(&journal, &first), [1, 2]);
}

#[test]
fn a_reading_ends_where_the_journal_ended_and_leaves_out_what_is_forgotten() {
    let mut journal = journal(1000, 1000);
    let mut reading = Reading::begin(&journal, Filter::ALL);
    let first = reading.page(&journal).unwrap();
    for second in 1000..1600 {
        journal.open(Duration::from_secs(second), request());
    }
    let pages = std::iter::from_fn(|| reading.page(&journal));
    let rest: Vec<u64> = pages.flatten().map(|entry| entry.seq).collect();
    assert!(first.len() < 300, "a page is short");
    assert_eq!(rest, (601..=1000).collect::<Vec<_>>());
    journal.entry(1600).unwrap().outcome.status = Some(200);
    drop(journal.clear());
    assert_eq!(Reading::begin(&journal, Filter::ALL).page(&journal), None);
}

#[test]
fn what_it_has_no_room_for_is_counted_until_it_is_emptied() {
    let mut journal = journal(3, 5);
    assert_eq!((journal.len(), journal.forgotten()), (3, 2));
    drop(journal.resize(1));
    assert_eq!(journal.forgotten(), 4);
    drop(journal.clear());
    assert_eq!((journal.len(), journal.forgotten()), (0, 0));
}

#[test]
fn an_entry_that_was_read_stays_as_it_was() {
    let mut journal = journal(1, 1);
    let read = Reading::begin(&journal, Filter::ALL)
        .page(&journal)
        .unwrap();
    journal.entry(1).unwrap().outcome.status = Some(200);
    assert_eq!(read[0].outcome.status, None);
    assert_eq!(journal.entry(1).unwrap().outcome.status, Some(200));
}

#[test]
fn an_entry_is_json_with_units_and_no_secret() {
    let mut journal = journal(1, 2);
    let json = serde_json::to_value(journal.entry(2)).unwrap();
    assert_eq!(json["at_ms"], 1000.0);
    assert_eq!(json["time"], "2023-11-14T22:13:21Z");
    assert_eq!(json["connection"], 3);
    assert_eq!(json["query"], "resource=r&x=%28hidden%29");
    let target = "/metadata/identity/oauth2/token?resource=r&x=(hidden)";
    assert_eq!(json["sent"]["target"], target);
    assert_eq!(json["user_agent"], "tester/1");
    assert_eq!(json["category"], "identity");
    assert_eq!(json["outcome"]["verdict"], serde_json::Value::Null);
}

#[test]
fn an_archive_has_what_its_format_demands() {
    let mut journal = journal(1, 1);
    let entry = journal.entry(1).unwrap();
    entry.outcome.status = Some(429);
    entry.outcome.ended_at = Some(Duration::from_millis(5));
    entry.outcome.retry_after = Some(Duration::from_secs(2));
    let one = har::one(entry, "http://127.0.0.1:1");
    let archive = format!("{}{one}{}", har::start(), har::END);
    let archive: serde_json::Value = serde_json::from_str(&archive).unwrap();
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    let entry = &log["entries"][0];
    assert_eq!(entry["startedDateTime"], "2023-11-14T22:13:20Z");
    assert_eq!(entry["time"], 5.0);
    let url = "http://127.0.0.1:1/metadata/identity/oauth2/token?resource=r&x=(hidden)";
    assert_eq!(entry["request"]["url"], url);
    assert_eq!(entry["request"]["queryString"][1]["value"], "(hidden)");
    assert_eq!(entry["response"]["status"], 429);
    assert_eq!(entry["response"]["headers"][0]["value"], "2");
    for part in ["request", "response"] {
        for key in [
            "cookies",
            "headers",
            "headersSize",
            "bodySize",
            "httpVersion",
        ] {
            assert!(entry[part].get(key).is_some(), "{part}.{key}");
        }
    }
}

proptest! {
    #[test]
    fn never_holds_more_than_it_may(capacity in 0..20_usize, requests in 0..60_u64) {
        let mut journal = journal(capacity, requests);
        prop_assert_eq!(journal.len(), capacity.min(usize::try_from(requests).unwrap()));
        for seq in 0..=requests + 1 {
            let found = journal.entry(seq).map(|entry| entry.seq);
            prop_assert!(found.is_none_or(|found| found == seq));
        }
    }
}

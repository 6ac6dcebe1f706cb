use bytes::Bytes;

use super::*;
use crate::config::Config;
use crate::wire::head::get;

const LATEST: &str = "2020-07-01";

/// The document at the start, of events written as in a configuration.
fn told(version: &str, now: u64, tables: &str) -> String {
    let config = Config::from_toml("c", tables).unwrap_or_else(|problems| panic!("{problems}"));
    let mut events = Events::new(config.vm.scheduled_events, config.vm.events);
    let epoch = Duration::from_secs(1_775_946_418);
    document(&mut events, version, epoch, Duration::from_secs(now))
}

const REBOOT: &str = "[[events]]\ntype = 'Reboot'\nid = '602d9444-d2cd-49c7-8624-8643e7171297'\n\
    resources = ['a', 'b']\ndescription = 'why'\nsource = 'User'\nduration = '9s'\n";

fn read_post(query: &str, body: Option<&'static str>) -> Result<Action<'static>, Flaw> {
    let mut head = get(&format!("{PATH}?{query}"));
    head.method = Method::POST;
    head.body = body.map(|body| Bytes::from_static(body.as_bytes()));
    read(Box::leak(Box::new(head)))
}

#[test]
fn nothing_planned_is_the_observed_answer() {
    assert_eq!(
        told(LATEST, 0, ""),
        r#"{"DocumentIncarnation":0,"Events":[]}"#
    );
}

#[test]
fn an_event_has_all_fields_and_its_numbers_are_numbers() {
    assert_eq!(
        told(LATEST, 0, REBOOT),
        r#"{"DocumentIncarnation":1,"Events":[{"EventId":"602d9444-d2cd-49c7-8624-8643e7171297","EventStatus":"Scheduled","EventType":"Reboot","ResourceType":"VirtualMachine","Resources":["a","b"],"NotBefore":"Sat, 11 Apr 2026 22:41:58 GMT","Description":"why","EventSource":"User","DurationInSeconds":9}]}"#
    );
}

/// The README of Azure/vm-scheduled-events shows it, indented.
#[test]
fn an_event_of_2021_is_what_a_program_of_microsofts_logged() {
    let event = "[[events]]\ntype = 'Reboot'\nid = '4CAEA225-A741-474D-A72E-428C86FCD853'\n\
        resources = ['flatcar-vm1']\nsource = 'User'\n";
    let config = Config::from_toml("c", event).unwrap();
    let mut events = Events::new(config.vm.scheduled_events, config.vm.events);
    let epoch = Duration::from_secs(1_626_928_517);
    assert_eq!(
        document(&mut events, LATEST, epoch, Duration::ZERO),
        r#"{"DocumentIncarnation":1,"Events":[{"EventId":"4CAEA225-A741-474D-A72E-428C86FCD853","EventStatus":"Scheduled","EventType":"Reboot","ResourceType":"VirtualMachine","Resources":["flatcar-vm1"],"NotBefore":"Thu, 22 Jul 2021 04:50:17 GMT","Description":"","EventSource":"User","DurationInSeconds":-1}]}"#
    );
}

#[test]
fn an_event_that_has_started_has_no_time() {
    let started = told(LATEST, 15 * 60, REBOOT);
    assert!(
        started.contains(r#""EventStatus":"Started","#) && started.contains(r#""NotBefore":"","#),
        "{started}"
    );
    assert!(started.contains(r#""DocumentIncarnation":2"#), "{started}");
}

#[test]
fn an_unknown_duration_is_minus_one() {
    let unknown = told(LATEST, 0, "[[events]]\ntype = 'Freeze'\n");
    assert!(
        unknown.contains(r#""Resources":["imds-emulator"]"#),
        "{unknown}"
    );
    assert!(unknown.contains(r#""DurationInSeconds":-1"#), "{unknown}");
}

#[test]
fn a_field_is_absent_before_its_version() {
    for (field, before, since) in [
        ("Description", "2019-01-01", "2019-04-01"),
        ("EventSource", "2019-04-01", "2019-08-01"),
        ("DurationInSeconds", "2019-08-01", "2020-07-01"),
    ] {
        assert!(!told(before, 0, REBOOT).contains(field), "{field}");
        assert!(told(since, 0, REBOOT).contains(field), "{field}");
    }
    assert!(told("2017-03-01", 0, REBOOT).contains(r#""Resources":["_a","_b"]"#));
}

#[test]
fn a_type_is_untold_before_its_version() {
    for (kind, before, since) in [
        ("Preempt", "2017-08-01", "2017-11-01"),
        ("Terminate", "2017-11-01", "2019-01-01"),
    ] {
        let tables = format!("[[events]]\ntype = '{kind}'\n");
        assert!(!told(before, 0, &tables).contains(kind));
        assert!(told(since, 0, &tables).contains(kind));
    }
}

#[test]
fn an_approval_names_events() {
    let version = "api-version=2017-03-01";
    let ids = |ids: &[&str]| {
        let ids = ids.iter().map(ToString::to_string).collect();
        Ok(Action::Approve { ids })
    };
    let two = r#"{"StartRequests":[{"EventId":"a"},{"EventId":"b"}]}"#;
    assert_eq!(read_post(version, Some(two)), ids(&["a", "b"]));
    assert_eq!(
        read_post(version, Some(r#"{"StartRequests":[]}"#)),
        ids(&[])
    );
    for body in ["", "{}", "[]", r#"{"StartRequests":[{}]}"#, "\u{0}"] {
        assert_eq!(
            read_post(version, Some(body)),
            Err(Flaw::BodyInvalid),
            "{body}"
        );
    }
    assert_eq!(read_post(version, None), Err(Flaw::BodyTooLong));
    assert_eq!(
        read_post("api-version=2021-12-13", Some(two)),
        Err(Flaw::EventsVersionUnknown)
    );
    assert_eq!(
        read_post("api-version=", Some(two)),
        Err(Flaw::EventsVersionMissing)
    );
}

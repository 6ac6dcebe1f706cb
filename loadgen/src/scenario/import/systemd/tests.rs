use jiff::tz::TimeZone;

use super::*;
use crate::scenario::import::{Window, source};

fn window(zone: &str, date: &str, days: i64) -> Window {
    let zone = TimeZone::get(zone).expect("a zone");
    Window::new(zone, date.parse().expect("a date"), days).expect("days")
}

fn starts(calendar: &str, window: &Window) -> Vec<String> {
    let calendar = Calendar::read(calendar).expect("a calendar");
    let starts = calendar.starts(&window.zone, window).into_iter();
    starts.map(|start| start.to_string()).collect()
}

fn read_timer(text: &str) -> Jobs {
    read(&source("units/night.timer"), text, |name| {
        let text = "[Service]\nExecStart=-/bin/sh -c \"az login; date +%%F\"\nExecStart=/opt/b \\\n  --all\n";
        (name == "night.service").then(|| text.to_owned())
    })
}

/// As `systemd-analyze calendar --iterations` of systemd 252 has them, from 2026-11-30 in UTC on.
#[test]
fn times_are_those_of_systemd() {
    let week = window("UTC", "2026-11-30", 7);
    for (calendar, expected) in [
        (
            "Mon..Fri 02:00",
            &[
                "11-30T02:00:00",
                "12-01T02:00:00",
                "12-02T02:00:00",
                "12-03T02:00:00",
                "12-04T02:00:00",
            ][..],
        ),
        (
            "Fri-Sun,Mon 2:0",
            &[
                "11-30T02:00:00",
                "12-04T02:00:00",
                "12-05T02:00:00",
                "12-06T02:00:00",
            ],
        ),
        ("*-*~1 10:00:00.5", &["11-30T10:00:00.5"]),
        ("*-*~27/2 1:00", &["11-30T01:00:00", "12-05T01:00:00"]),
        ("*-*~01..07/2 2:00", &["11-30T02:00:00"]),
        ("*-*~20..28/4 2:00", &["12-04T02:00:00"]),
        ("2026-12-1", &["12-01T00:00:00"]),
        ("26-12-02", &["12-02T00:00:00"]),
        (
            "12-01,03 22..23:10",
            &[
                "12-01T22:10:00",
                "12-01T23:10:00",
                "12-03T22:10:00",
                "12-03T23:10:00",
            ],
        ),
        (
            "Tue 0:0:0/20.5",
            &["12-01T00:00:00", "12-01T00:00:20.5", "12-01T00:00:41"],
        ),
        (
            "Tue *-*-* 5:1..20/10 UTC",
            &["12-01T05:01:00", "12-01T05:11:00"],
        ),
        ("Sun 12:00 Europe/Berlin", &["12-06T11:00:00"]),
        ("monthly", &["12-01T00:00:00"]),
        ("weekly", &["11-30T00:00:00"]),
    ] {
        let expected: Vec<String> = expected.iter().map(|at| format!("2026-{at}Z")).collect();
        assert_eq!(starts(calendar, &week), expected, "{calendar}");
    }
    assert_eq!(starts("*:0/5", &week).len(), 7 * 288);
    assert_eq!(starts("hourly", &week).len(), 7 * 24);
}

/// Measured with systemd-analyze 252: what the clock skips is left out, what it shows twice is once, each hour too.
#[test]
fn changes_of_the_clock_are_those_of_systemd() {
    let (march, october) = (
        window("Europe/Berlin", "2026-03-29", 1),
        window("Europe/Berlin", "2026-10-25", 1),
    );
    assert_eq!(starts("02:30", &march), Vec::<String>::new());
    assert_eq!(starts("02:30", &october), ["2026-10-25T00:30:00Z"]);
    assert_eq!(starts("*:00/30", &march).len(), 46);
    assert_eq!(starts("*:00/30", &october).len(), 48);
}

#[test]
fn more_times_a_day_than_sessions_are_refused() {
    let told = Calendar::read("*:*:0/0.000001").expect_err("too many");
    assert!(
        told.starts_with("expected 1000000 times a day at most"),
        "{told}"
    );
    assert!(Calendar::read("*:*:0/0.1").is_ok());
}

#[test]
fn what_systemd_refuses_is_refused() {
    for calendar in [
        "",
        "*:*/5",
        "23..02:10",
        "02",
        "Fri..Mon 1:00",
        "10:00/15.5",
        "1:1/20..50",
        "*-02~03..01",
        "25:00",
        "12:00 Mars/Base",
        "@1700000000",
        "12:60",
        "*-*~29",
        "*-13-01",
    ] {
        assert!(Calendar::read(calendar).is_err(), "{calendar}");
    }
}

#[test]
fn a_timer_has_the_times_of_all_its_lines_and_the_command_of_its_service() {
    let timer = "\u{feff}[Unit]\r\nOnCalendar=no\r\n[Timer]\r\nOnCalendar=daily\r\nOnCalendar=\r\nOnCalendar=02:00\r\nOnCalendar=*-*-* 02,03:00:00\r\nRandomizedDelaySec=1h 30min\r\nAccuracySec=1us\r\n";
    let read = read_timer(timer);
    assert_eq!(read.mistakes, []);
    let job = &read.found[0];
    assert_eq!(
        job.command,
        "/bin/sh -c \"az login; date +%F\"; /opt/b --all"
    );
    assert_eq!(job.delay.as_secs(), 5400);
    assert_eq!(job.place.line(), "units/night.timer:4");
    assert_eq!(job.starts(&window("UTC", "2026-11-30", 1)).len(), 2);
    let other =
        read_timer("[Timer]\nOnCalendar=daily\nUnit=other.service\nRandomizedDelaySec=90\n");
    assert_eq!(
        (
            other.found[0].command.as_str(),
            other.found[0].delay.as_secs()
        ),
        ("other.service", 90)
    );
}

#[test]
fn monotonic_timers_have_no_time_and_mistakes_have_their_places() {
    let monotonic = read_timer("[Timer]\nOnBootSec=5min\nOnUnitActiveSec=1h\n");
    assert!(matches!(monotonic.found[0].timing, Timing::Never(_)));
    let also = read_timer("[Timer]\nOnCalendar=daily\nOnUnitActiveSec=10min\n");
    assert!(
        also.notes[0].starts_with("units/night.timer:3: OnUnitActiveSec starts it at other times"),
        "{:?}",
        also.notes
    );
    let reset = read_timer("[Timer]\nOnUnitActiveSec=10min\nOnBootSec=\nOnCalendar=daily\n");
    assert_eq!((reset.notes, reset.found.len()), (vec![], 1));
    let told = |text: &str| -> Vec<String> {
        let mistakes = read_timer(text).mistakes;
        mistakes.iter().map(ToString::to_string).collect()
    };
    let wrong = told("[Timer]\nOnCalendar= noon\nRandomizedDelaySec=soon\n");
    assert!(
        wrong[0].starts_with("units/night.timer:2:13: expected a time"),
        "{wrong:?}"
    );
    assert!(
        wrong[1].starts_with("units/night.timer:3:20: expected a length"),
        "{wrong:?}"
    );
    assert!(told("[Timer]\n")[0].contains("expected OnCalendar"));
}

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::scenario::import::{Job, Window, source};

fn read_as(text: &str, users: bool) -> Jobs {
    read(&source("jobs"), text, users)
}

fn jobs(text: &str) -> Vec<Job> {
    let read = read_as(text, false);
    assert_eq!(read.mistakes, [], "{text}");
    read.found
}

fn window(zone: &str, date: &str, days: i64) -> Window {
    let zone = TimeZone::get(zone).expect("a zone");
    Window::new(zone, date.parse().expect("a date"), days).expect("days")
}

/// The instants of one line in Berlin, in UTC.
fn berlin(line: &str, date: &str) -> Vec<String> {
    let window = window("Europe/Berlin", date, 1);
    let job = &jobs(&format!("{line} run\n"))[0];
    let starts = job.starts(&window).into_iter();
    starts.map(|start| start.to_string()).collect()
}

fn told(text: &str, users: bool) -> Vec<String> {
    let mistakes = read_as(text, users).mistakes;
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn a_crontab_has_comments_variables_names_and_jobs() {
    let text = "\u{feff}# comment\r\nPATH=/bin:/usr/bin\r\nMAILTO = \"a b\"\r\n\r\n  0-10/5,30 2 * jan-mar Mon  az login; date +\\%F%in\r\n@hourly run # no comment\r\n@daily a\\\\%b\n";
    let jobs = jobs(text);
    let commands: Vec<&str> = jobs.iter().map(|job| job.command.as_str()).collect();
    assert_eq!(commands, ["az login; date +%F", "run # no comment", r"a\\"]);
    assert_eq!(jobs[0].place.line(), "jobs:5");
    let day = window("UTC", "2026-03-02", 1);
    let starts: Vec<u64> = jobs[0]
        .starts(&day)
        .iter()
        .map(|start| day.offset(*start).as_secs() / 60)
        .collect();
    assert_eq!(starts, [120, 125, 130, 150]);
    assert_eq!(jobs[0].starts(&window("UTC", "2026-04-06", 1)), []);
    assert_eq!(jobs[1].starts(&day).len(), 24);
}

#[test]
fn the_zone_of_a_file_is_that_of_the_lines_after_it() {
    let text = "0 2 * * * a\nCRON_TZ=Asia/Tokyo\n0 2 * * * b\nTZ=Europe/Berlin\n";
    let jobs = jobs(text);
    let day = window("UTC", "2026-11-30", 1);
    assert_eq!(jobs[0].starts(&day)[0].to_string(), "2026-11-30T02:00:00Z");
    assert_eq!(jobs[1].starts(&day)[0].to_string(), "2026-11-30T17:00:00Z");
    assert!(read_as(text, false).notes[0].starts_with("jobs:4: TZ is"));
}

#[test]
fn either_day_will_do_where_both_are_limited() {
    let on = |line: &str| -> Vec<String> {
        let window = window("UTC", "2026-06-01", 14);
        let starts = jobs(&format!("{line} run"))[0].starts(&window).into_iter();
        starts
            .map(|start| start.to_string()[8..10].to_owned())
            .collect()
    };
    assert_eq!(on("0 0 2 * 5"), ["02", "05", "12"]);
    assert_eq!(
        on("0 0 */2 * 5"),
        ["05"],
        "a field that begins with * limits"
    );
    assert_eq!(on("0 0 * * 7"), on("0 0 * * 0"));
    assert_eq!(on("0 0 * * 5-7"), ["05", "06", "07", "12", "13", "14"]);
}

#[test]
fn specific_times_that_the_clock_skips_start_when_it_is_put_forward() {
    let march = "2026-03-29";
    assert_eq!(berlin("30 2 * * *", march), ["2026-03-29T01:00:00Z"]);
    assert_eq!(berlin("30 3 * * *", march), ["2026-03-29T01:30:00Z"]);
    assert_eq!(berlin("30 * * * *", march).len(), 23);
    assert_eq!(berlin("*/30 2 * * *", march), Vec::<String>::new());
}

#[test]
fn specific_times_that_the_clock_shows_twice_start_once() {
    let october = "2026-10-25";
    assert_eq!(berlin("30 2 * * *", october), ["2026-10-25T00:30:00Z"]);
    assert_eq!(berlin("30 * * * *", october).len(), 25);
    assert_eq!(berlin("*/30 2 * * *", october).len(), 4);
}

#[test]
fn a_sleep_is_part_of_the_time_and_its_chance_the_delay() {
    let text = r#"
0 2 * * * sleep 58.500; run
0 2 * * * sleep 2m && run
0 2 * * * sleep $((RANDOM \% 60)); run
SHELL=/bin/bash
0 2 * * * sleep $((RANDOM \% 60)); run
0 2 * * * sleep $((RANDOM \% 86400)); run
0 2 * * * sleep "$(shuf -n 1 -i 500-4500 | awk '{ print $1 / 1000 }')"; run
0 2 * * * sleep "$X"; run
"#;
    let slept = |job: &Job| {
        (
            job.sleep.as_millis(),
            job.delay.as_millis(),
            job.command.clone(),
        )
    };
    let run = || "run".to_owned();
    let found: Vec<_> = jobs(text).iter().map(slept).collect();
    let expected = [
        (58_500, 0, run()),
        (120_000, 0, run()),
        (0, 0, run()),
        (0, 60_000, run()),
        (0, 32_768_000, run()),
        (500, 4000, run()),
        (0, 0, "sleep \"$X\"; run".to_owned()),
    ];
    assert_eq!(found, expected);
    let notes = read_as(text, false).notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].starts_with("jobs:4: RANDOM is taken for zero"));
}

#[test]
fn a_sleep_over_midnight_starts_in_the_day_after() {
    let job = &jobs("59 23 * * * sleep 90; run")[0];
    let starts = job.starts(&window("UTC", "2026-11-30", 1));
    assert_eq!(starts.len(), 1);
    assert_eq!(starts[0].to_string(), "2026-11-30T00:00:30Z");
    let long = &jobs("* * * * * sleep 86399; run")[0];
    assert_eq!(long.starts(&window("UTC", "2026-11-30", 1)).len(), 1440);
}

#[test]
fn every_mistake_is_told_with_its_line_and_column() {
    let text = "60 2 * * 8 run\n5/15 * * * * run\n* * * *\n@nightly run\n0 2 * * *\nCRON_TZ=Mars/Base\n*/0 5-1 * * * run\n0 2 * * * sleep 25h; run\n";
    assert_eq!(
        told(text, false),
        [
            "jobs:1:1: expected a minute from 0 to 59, found \"60\"",
            "jobs:1:10: expected a day of the week from 0 to 7, or a name such as sun, found \"8\"",
            "jobs:2:1: expected * or a range of the minute before a step, found \"5\"",
            "jobs:3:8: expected a day of the week, found the end of the line",
            "jobs:4:1: expected one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, found \"@nightly\"",
            "jobs:5:10: expected a command after the time",
            "jobs:6:9: expected a time zone such as Europe/Berlin, found \"Mars/Base\"",
            "jobs:7:3: expected a step, a whole number from 1 on",
            "jobs:7:5: expected a range upwards of the hour, found \"5-1\"",
            "jobs:8:11: expected a sleep of a day at most before the command",
        ]
    );
    assert_eq!(told("0 2 * * * root\n", true).len(), 1);
    assert_eq!(
        read_as("0 2 * * * root az login\n", true).found[0].command,
        "az login"
    );
}

#[test]
fn a_job_of_the_start_of_the_machine_has_no_time() {
    let job = &jobs("@reboot run")[0];
    assert_eq!(job.starts(&window("UTC", "2026-11-30", 7)), []);
    assert!(matches!(
        job.timing,
        crate::scenario::import::Timing::Never(_)
    ));
}

fn field(least: u8, most: u8) -> impl Strategy<Value = String> {
    let range = (least..=most, least..=most);
    let range = range.prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    let step = (range.clone(), 1_u8..20).prop_map(|(range, step)| format!("{range}/{step}"));
    let part = prop_oneof![
        (least..=most).prop_map(|value| value.to_string()),
        range,
        step
    ];
    let list = prop::collection::vec(part, 1..4).prop_map(|parts| parts.join(","));
    prop_oneof![
        Just("*".to_owned()),
        (1_u8..30).prop_map(|step| format!("*/{step}")),
        list
    ]
}

/// The values of a field by the plainest reading there is.
fn has(field: &str, least: i64, most: i64, value: i64) -> bool {
    field.split(',').any(|part| {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let number = |text: &str| text.parse::<i64>().expect("a number");
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from), number(to)),
            None if range == "*" => (least, most),
            None => (number(range), number(range)),
        };
        (from..=to).contains(&value) && (value - from) % number(step) == 0
    })
}

proptest! {
    /// In a zone whose clock never changes: minute by minute, by another reading.
    #[test]
    fn starts_are_the_minutes_that_the_fields_have(
        minute in field(0, 59), hour in field(0, 23), day in field(1, 31), month in field(1, 12), weekday in field(0, 7), later in 0_i64..700,
    ) {
        let date: Date = "2026-01-01".parse().expect("a date");
        let date = date.saturating_add(jiff::Span::new().days(later));
        let window = Window::new(TimeZone::UTC, date, 2).expect("days");
        let job = &jobs(&format!("{minute} {hour} {day} {month} {weekday} run"))[0];
        let starts = job.starts(&window);
        let first = window.time(Duration::ZERO);
        let expected: Vec<Timestamp> = (0..2880).map(|minute| first + SignedDuration::from_mins(minute)).filter(|time| {
            let at = TimeZone::UTC.to_datetime(*time);
            let of_week = i64::from(at.weekday().to_sunday_zero_offset());
            let of_month = has(&day, 1, 31, at.day().into());
            let of_week = has(&weekday, 0, 7, of_week) || (of_week == 0 && has(&weekday, 0, 7, 7));
            let either = !day.starts_with('*') && !weekday.starts_with('*');
            let on = if either { of_month || of_week } else { of_month && of_week };
            on && has(&month, 1, 12, at.month().into()) && has(&hour, 0, 23, at.hour().into()) && has(&minute, 0, 59, at.minute().into())
        }).collect();
        prop_assert_eq!(starts, expected);
    }

    /// Whatever a text has, no line is lost: each is a job, a mistake, a variable, a comment or empty.
    #[test]
    fn any_text_is_read(text in "[ -~\n\t\r=@*/,%\"']{0,200}", users: bool) {
        let read = read_as(&text, users);
        let day = window("Europe/Berlin", "2026-10-25", 1);
        for job in &read.found {
            prop_assert!(job.starts(&day).iter().all(|start| day.has(*start)));
        }
        let mut told: Vec<usize> = read.found.iter().map(|job| job.place.line).collect();
        told.extend(read.mistakes.iter().map(|mistake| mistake.place.line));
        for (line, text) in text.lines().enumerate() {
            let silent = text.trim().is_empty() || text.trim_start().starts_with('#') || text.contains('=');
            prop_assert!(silent || told.contains(&(line + 1)), "{}: {text}", line + 1);
        }
    }
}

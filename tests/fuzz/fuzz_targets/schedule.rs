//! A schedule that `import` reads; the first line names its form. Each mistake has its place; what is read becomes a scenario of
//! as many sessions as were told, the day's own, which is read again; and of its minutes the worst has no more than all.
#![no_main]

use std::cell::RefCell;

use imds_fuzz::documents::{place, told_place};
use imds_fuzz::program::{Files, Ran, loadgen};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use toml::Table;

/// More jobs are not played, nor more sessions of a row, nor jobs of a second: a day of them takes too long.
const MOST: usize = 8;

/// A day with an hour more.
const DAY_S: f64 = 25.0 * 3600.0;

thread_local! {
    static FILES: RefCell<Option<Files>> = const { RefCell::new(None) };
}

fuzz_target!(|text: &str| {
    FILES.with_borrow_mut(|files| {
        let files = files.get_or_insert_with(Files::new);
        let (form, text) = text.split_once('\n').unwrap_or_default();
        if ["crontab", "csv", "systemd-timers", "taskscheduler"].contains(&form)
            && is_small(form, text)
            && !is_utf16(text)
        {
            imported(files, form, text);
        }
    });
});

/// It is read as UTF-16, whose places are those of another text than this.
fn is_utf16(text: &str) -> bool {
    text.bytes().take(2).any(|byte| byte == 0)
}

fn is_small(form: &str, text: &str) -> bool {
    let few = |of: &str| text.matches(of).count() <= MOST;
    match form {
        "crontab" => text.lines().count() <= MOST,
        "csv" => {
            let cells = text.replace('"', "");
            few("\n")
                && few("\r")
                && cells
                    .split([',', '\n', '\r'])
                    .all(|cell| cell.trim().parse::<usize>().unwrap_or_default() <= MOST)
        }
        "systemd-timers" => {
            few("OnCalendar")
                && text.lines().all(|line| {
                    let seconds = line.rsplit(':').next().unwrap_or_default();
                    line.matches(':').count() < 2 || !seconds.contains(['*', '/', ',', '.'])
                })
        }
        _ => few("Trigger"),
    }
}

fn imported(files: &Files, form: &str, text: &str) {
    let path = files.put("jobs.timer", text).display().to_string();
    let out = files.folder().join("day.toml").display().to_string();
    let asked = [
        "import",
        form,
        &path,
        "--date",
        "2026-10-25",
        "--zone",
        "Europe/Berlin",
    ];
    let rest = [
        "--default-client",
        "one-attempt",
        "--format",
        "json",
        "--out",
        &out,
    ];
    let ran = loadgen(&[&asked[..], &rest].concat());
    match ran.code {
        0 => is_a_scenario(&out, &ran),
        2 => mistakes(form, &path, text, &ran),
        code => panic!("exit code {code}: {ran:?}"),
    }
}

/// Each line is of a place, or of the command line's days.
fn mistakes(form: &str, path: &str, text: &str, ran: &Ran) {
    let told = ran.stderr.strip_prefix("error: ").unwrap_or(&ran.stderr);
    let mut lines = told
        .lines()
        .filter(|line| line.starts_with(path))
        .peekable();
    let of_days = told.starts_with("expected a job that starts on")
        || told.contains("starts at most in a scenario");
    assert!(of_days || lines.peek().is_some(), "{ran:?}");
    // A byte order mark is no character of the file.
    let text = text.trim_start_matches('\u{feff}');
    for line in lines {
        if form == "csv" {
            within_table(text, told_place(path, line));
        } else {
            let _place = place(path, text, line);
        }
    }
}

/// Columns are those of the table, and each of Windows', Unix' and old Macs' line ends is one.
fn within_table(text: &str, (line, column): (usize, usize)) {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').count();
    assert!((1..=lines).contains(&line), "line {line} of {text:?}");
    let columns = text.matches(',').count() + 1;
    assert!((1..=columns).contains(&column), "{column} of {text:?}");
}

fn is_a_scenario(out: &str, ran: &Ran) {
    let told: Value = serde_json::from_str(&ran.stdout).expect("a document");
    let scenario: Table = std::fs::read_to_string(out)
        .expect("a scenario")
        .parse()
        .expect("TOML");
    let groups = scenario["sessions"].as_array().expect("groups");
    let mut sessions = 0;
    for group in groups {
        let arrival = &group["arrival"];
        if let Some(replay) = arrival.get("replay") {
            let starts = replay["starts"].as_array().expect("starts");
            sessions += starts.len();
            assert!(
                starts
                    .iter()
                    .all(|start| (0.0..DAY_S).contains(&number(start))),
                "{replay}"
            );
        } else {
            sessions +=
                usize::try_from(group["count"].as_integer().expect("a count")).expect("a count");
        }
    }
    assert_eq!(told["starts"], sessions, "{ran:?}");
    assert!(
        told["worst"]["starts"].as_u64() <= told["starts"].as_u64(),
        "{ran:?}"
    );
    let checked = loadgen(&["scenarios", "check", out]);
    assert_eq!(checked.code, 0, "{checked:?}");
}

#[expect(clippy::cast_precision_loss, reason = "seconds of a day")]
fn number(value: &toml::Value) -> f64 {
    let float = value.as_float();
    float
        .or(value.as_integer().map(|whole| whole as f64))
        .expect("a number")
}

//! The answer of a plan as files to install.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::{answer, file, loadgen, plan, refused, text};

const ASKED: [&str; 9] = [
    "--quiet",
    "--client",
    "azure-cli",
    "--require",
    "within(60s) >= 0.98",
    "--runs",
    "300",
    "--at",
    "02:00",
];

fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    // A test before may have left it.
    let _ = fs::remove_dir_all(&path);
    path
}

fn shown(path: &std::path::Path) -> &str {
    path.to_str().expect("the tests' own folder")
}

/// The figures that are printed are those of `simulate`, with the same seeds.
#[test]
fn what_is_told_of_a_schedule_is_what_simulate_says_of_its_starts() {
    let out = folder("schedules-replayed");
    let rest = ["--no-vary", "--emit", "json", "--out", shown(&out)];
    let answer = answer(&[&["interval"], &ASKED[..], &rest].concat());
    let schedule = &answer["schedules"][0];
    let text = fs::read_to_string(out.join("schedule.json")).expect("a schedule");
    let written: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(*schedule, written);
    assert_eq!(written["interval_ms"].as_f64(), answer["answer"].as_f64());

    let replayed = &written["replayed"];
    let (punctual, off) = (lost(&written, "0s"), lost(&written, "2s"));
    assert_eq!((&replayed["refused"], punctual), (&0.into(), 0.0));
    let told = replayed["lost_if_off_by_1s"].as_f64().expect("a share");
    assert!(off > 0.0 && (told - off).abs() < 1e-3, "{told} {off}");
}

/// By 100 runs of `simulate`, with each start late by up to `jitter`: by two seconds is one second in either direction.
fn lost(schedule: &Value, jitter: &str) -> f64 {
    let scenario = format!(
        r#"
schema = 1
name = "read-back"
[imds]
profile = "azure"
latency = {{ token_cold = "100ms", token_warm = "100ms" }}
[[sessions]]
name = "all"
count = {}
arrival = {{ every = {{ interval = "{}ms", jitter = "{jitter}" }} }}
client = "azure-cli"
script = [{{ connect = {{}} }}]
"#,
        schedule["jobs"].as_array().expect("jobs").len(),
        schedule["interval_ms"]
    );
    let path = file(&format!("read-back-{jitter}.toml"), &scenario);
    let seed = schedule["replayed"]["seed"].to_string();
    let asked = ["simulate", shown(&path), "--seed", &seed, "--runs", "100"];
    let output = loadgen(&[&asked[..], &["--format", "json"]].concat());
    let summary: Value = serde_json::from_str(text(&output.stdout)).expect("JSON");
    let ratio = &summary["metrics"]["sessions.success_ratio"]["mean"];
    1.0 - ratio.as_f64().expect("a share")
}

/// Under another service time the answer would be another one: what is installed holds there, too.
#[test]
fn a_schedule_follows_the_safe_number() {
    let out = folder("schedules-safe");
    let rest = [
        "--vary",
        "service_time=500ms",
        "--emit",
        "json",
        "--out",
        shown(&out),
    ];
    let answer = answer(&[&["interval"], &ASKED[..], &rest].concat());
    let schedule = &answer["schedules"][0];
    assert_eq!(schedule["safe"], true);
    assert_eq!(
        schedule["interval_ms"].as_f64(),
        answer["safe"]["answer"].as_f64()
    );
    assert!(schedule["interval_ms"].as_f64() > answer["answer"].as_f64());
}

/// The answer holds only if the assumption is true: what is installed would not hold whatever is.
#[test]
fn without_a_safe_number_no_schedule_is_written() {
    let out = folder("schedules-no-safe");
    let rest = [
        "--vary",
        "service_time=70s",
        "--emit",
        "json",
        "--out",
        shown(&out),
    ];
    let answer = answer(&[&["interval"], &ASKED[..], &rest].concat());
    assert!(answer["answer"].is_number(), "{}", answer["answer"]);
    assert!(answer["safe"]["answer"].is_null(), "{}", answer["safe"]);
    let notes = answer["notes"].to_string();
    assert!(notes.contains("no schedule is written, since"), "{notes}");
    assert!(!out.join("schedule.json").exists());
}

#[test]
fn jobs_of_another_schedule_are_not_left_beside_those_that_are_written() {
    let out = folder("schedules-other");
    let rest = [
        "--no-vary",
        "--emit",
        "systemd",
        "--command",
        "run",
        "--out",
        shown(&out),
    ];
    let of = |count| [&["interval"], &ASKED[..], &rest, &["--count", count]].concat();
    assert_eq!(plan(&of("4")).status.code(), Some(0));
    assert_eq!(plan(&of("4")).status.code(), Some(0), "the same once more");
    let told = refused(&of("3"));
    assert!(told.contains("no file of another schedule"), "{told}");
    assert_eq!(fs::read_dir(out.join("systemd")).expect("it").count(), 8);
}

#[test]
fn all_that_is_wrong_with_a_schedule_is_told_before_the_search() {
    let asked = [
        "interval",
        "scheduled-jobs",
        "--require",
        "within(60s) >= 0.9",
        "--count",
        "501",
        "--emit",
        "azure-automation",
        "--emit",
        "taskscheduler",
        "--command",
        "cli=\"a b",
        "--command",
        "cli=Run",
        "--days",
        "mon,mon",
    ];
    let told = refused(&asked);
    for expected in [
        "--at TIME",
        "--out DIR",
        "Monday once",
        "400 jobs or fewer of a template (--emit azure-automation), not 1002",
        "a second quote behind the program",
        "the name of a runbook",
        "one --command for group \"cli\"",
        "--command GROUP=COMMAND for powershell",
    ] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn what_a_scheduler_would_read_otherwise_is_refused() {
    let asked = [
        "interval",
        "--client",
        "azure-cli",
        "--require",
        "within(60s) >= 0.9",
        "--emit",
        "crontab",
        "--emit",
        "taskscheduler",
        "--command",
        r"date +\%F",
        "--at",
        "02:00:00.250",
        "--out",
        "nowhere",
    ];
    let told = refused(&asked);
    for expected in ["a whole second (--at;", "no backslash before a %"] {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn what_says_something_of_a_schedule_wants_one() {
    for words in [["--at", "02:00"], ["--days", "mon"], ["--command", "run"]] {
        let told = refused(&[&["spread"], &words[..]].concat());
        assert!(told.contains("--emit <FORMAT>"), "{told}");
    }
}

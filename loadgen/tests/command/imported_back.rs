//! What `plan --emit` writes is read by `import`: each start as it was written, for each scheduler of which both know the form.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{code, folder, loadgen, stderr, stdout};

fn ran(arguments: &[&str]) -> String {
    let output = loadgen(arguments);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    stdout(&output)
}

fn shown(path: &Path) -> &str {
    path.to_str().expect("the tests' own folder")
}

/// A plan in the three forms; the schedules as its own document has them, by their form.
fn planned(search: &str, out: &Path) -> Vec<Value> {
    let asked = [
        "plan",
        search,
        "--quiet",
        "--client",
        "azure-cli",
        "--count",
        "60",
        "--no-vary",
        "--require",
        "within(60s) >= 0.98",
        "--runs",
        "300",
        "--format",
        "json",
        // Most are on the day after.
        "--at",
        "23:59:59",
        "--days",
        "mon",
        "--command",
        "az login {n}",
        "--emit",
        "crontab",
        "--emit",
        "systemd",
        "--emit",
        "taskscheduler",
        "--out",
        shown(out),
    ];
    let plan: Value = serde_json::from_str(&ran(&asked)).expect("JSON");
    plan["schedules"].as_array().expect("schedules").clone()
}

/// The only group of the scenario that `import` makes of a schedule, of Monday and the day after.
fn imported(format: &str, out: &Path) -> toml::Table {
    let (format, files) = match format {
        "crontab" => ("crontab", vec![out.join("crontab")]),
        "systemd" => ("systemd-timers", ending(&out.join("systemd"), "timer")),
        _ => (format, ending(&out.join(format), "xml")),
    };
    let files: Vec<&str> = files.iter().map(|file| shown(file)).collect();
    let rest = [
        "--date",
        "2026-11-30",
        "--days",
        "2",
        "--zone",
        "Europe/Berlin",
    ];
    let scenario = ran(&[&["import", format][..], &files, &rest].concat());
    let scenario: toml::Table = scenario.parse().expect("a scenario");
    let groups = scenario["sessions"].as_array().expect("groups");
    assert_eq!(groups.len(), 1, "{groups:?}");
    groups[0].as_table().expect("a group").clone()
}

fn ending(folder: &Path, ending: &str) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.sort();
    files
}

/// When the jobs of a schedule start, in milliseconds after Monday's midnight, in their order.
fn starts(schedule: &Value) -> Vec<f64> {
    let jobs = schedule["jobs"].as_array().expect("jobs").iter();
    let start = |job: &Value| {
        let at = job["at"].as_str().expect("a time").split(':');
        let at = at.fold(0.0, |sum, part| {
            sum * 60.0 + part.parse::<f64>().expect("a number")
        });
        let days = job["days_later"].as_f64().expect("days");
        ((days * 86_400.0 + at) * 1000.0).round()
    };
    jobs.map(start).collect()
}

fn milliseconds(text: &toml::Value) -> f64 {
    let number = match text {
        toml::Value::String(text) => text.trim_end_matches('s').parse().expect("seconds"),
        toml::Value::Integer(_) | toml::Value::Float(_) => {
            text.to_string().parse().expect("seconds")
        }
        other => panic!("{other} is no time"),
    };
    let number: f64 = number;
    (number * 1000.0).round()
}

#[test]
fn even_starts_are_read_back_from_each_form() {
    let out = folder("imported-back-even");
    let schedules = planned("interval", &out);
    assert_eq!(schedules.len(), 3);
    for schedule in schedules {
        let format = schedule["format"].as_str().expect("a form");
        let group = imported(format, &out);
        let read = group["arrival"]["replay"]["starts"].as_array();
        let mut read: Vec<f64> = read.expect("starts").iter().map(milliseconds).collect();
        read.sort_by(f64::total_cmp);
        let expected = starts(&schedule);
        assert_eq!(expected.len(), 60);
        assert!(expected[59] > 86_400_000.0, "{expected:?}");
        assert_eq!(read, expected, "{format}");
    }
}

#[test]
fn a_random_delay_is_read_back_from_each_form() {
    let out = folder("imported-back-spread");
    for schedule in planned("spread", &out) {
        let format = schedule["format"].as_str().expect("a form");
        let herd = &imported(format, &out)["arrival"]["herd"];
        let delay = schedule["random_delay_ms"].as_f64().expect("a delay");
        assert!(delay > 0.0);
        assert_eq!(vec![milliseconds(&herd["spread"])], [delay], "{format}");
        assert_eq!(
            vec![milliseconds(&herd["at"]); 60],
            starts(&schedule),
            "{format}"
        );
    }
}

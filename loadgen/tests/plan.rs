//! `imds-loadgen plan` as a user runs it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

const GRID: &str = r#"
schema = 1
name = "small"
seed = 3
max_duration = "10m"
runs = 2
herds = [8, 40]
service_times = ["100ms"]
[[vms]]
name = "azure"
family = "friendly"
[[vms]]
name = "charging"
family = "charging"
imds = { profile = "azure-charging" }
[policies.twice]
layers = [{ max_retries = 2, rules = [{ statuses = ["429"], delay = { fixed = "1s" } }] }]
"#;

/// A file of a test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the tests' own folder");
    path
}

fn plan(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    command.arg("plan").args(arguments);
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn who_loses_nobody_comes_first_and_the_same_seed_gives_the_same_answer() {
    let grid = file("order.toml", GRID);
    let grid = grid.to_str().expect("a path of text");
    let arguments = [
        "policy",
        "--grid",
        grid,
        "--policy",
        "twice",
        "--policy",
        "proportional",
    ];
    let output = plan(&arguments);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let lines: Vec<_> = text(&output.stdout).lines().map(str::trim).collect();
    assert!(
        lines[0].starts_with("policy") && lines[0].contains("charging"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("proportional") && lines[1].ends_with("0 %"),
        "{lines:?}"
    );
    assert!(
        lines[2].starts_with("twice") && lines[2].contains("loses"),
        "{lines:?}"
    );
    assert_eq!(plan(&arguments).stdout, output.stdout);
}

#[test]
fn every_format_tells_every_case() {
    let grid = file("formats.toml", GRID);
    let grid = grid.to_str().expect("a path of text");
    let told = |format| {
        let arguments = [
            "policy", "--grid", grid, "--policy", "twice", "--format", format,
        ];
        text(&plan(&arguments).stdout).to_owned()
    };
    let document: Value = serde_json::from_str(&told("json")).expect("JSON");
    assert_eq!(document["seed"], 3);
    assert_eq!(
        document["policies"][0]["cases"].as_array().map(Vec::len),
        Some(4)
    );
    assert_eq!(told("csv").lines().count(), 5);
    assert!(told("markdown").starts_with("| policy"));
}

#[test]
fn a_scenario_is_a_case_too() {
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/herd.toml");
    let arguments = [
        "policy",
        scenario,
        "--policy",
        "azure-cli",
        "--runs",
        "1",
        "--format",
        "csv",
    ];
    let output = plan(&arguments);
    let expected = "policy,family,vm,service_time_ms,sessions,runs,ratio,attempts_per_token,lost\n\
                    azure-cli,herd,azure,100,50,1,,10,0.9\n";
    assert_eq!(text(&output.stdout), expected);
}

#[test]
fn a_name_with_a_comma_or_quotes_is_one_field() {
    let grid = GRID.replace("\"charging\"", "'so, \"charging\"'");
    let grid = file("quoted.toml", &grid);
    let grid = grid.to_str().expect("a path of text");
    let arguments = [
        "policy", "--grid", grid, "--policy", "twice", "--runs", "1", "--format", "csv",
    ];
    let output = plan(&arguments);
    let row = "twice,\"so, \"\"charging\"\"\",\"so, \"\"charging\"\"\",100,8,1,";
    assert!(text(&output.stdout).contains(row), "{output:?}");
}

#[test]
fn a_file_may_bring_policies_and_all_its_mistakes_are_listed() {
    let grid = file("bring.toml", GRID);
    let grid = grid.to_str().expect("a path of text");
    let mine = "[policies.mine]\nlayers = [{ max_retries = 9, rules = [{ statuses = ['429'], delay = { fixed = '2s' } }] }]\n";
    let good = file("mine.toml", mine);
    let bad = file(
        "bad.toml",
        &mine
            .replace("'2s'", "2")
            .replace("max_retries", "max_retires"),
    );
    let with = |path: &PathBuf| {
        let path = path.to_str().expect("a path of text");
        plan(&[
            "policy",
            "--grid",
            grid,
            "--policy-file",
            path,
            "--policy",
            "mine",
        ])
    };
    assert_eq!(with(&good).status.code(), Some(0));
    let output = with(&bad);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        told.contains("bad.toml:2:13: policies.mine.layers[0].max_retires"),
        "{told}"
    );
    assert!(
        told.contains("bad.toml:2:79: policies.mine.layers[0].rules[0].delay.fixed"),
        "{told}"
    );
}

fn answer(arguments: &[&str]) -> Value {
    let output = plan(&[arguments, &["--format", "json"]].concat());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    serde_json::from_str(text(&output.stdout)).expect("JSON")
}

/// Without retries no more get a token than may ask at once: five, whatever the seed.
#[test]
fn as_many_sessions_without_retries_succeed_as_may_ask_at_once() {
    let all = ["--require", "sessions.success_ratio == 1"];
    let sessions = ["sessions", "herd", "--client", "azure-cli", "--runs", "3"];
    let answer = answer(&[&sessions[..], &all].concat());
    assert_eq!(
        (&answer["answer"], &answer["monotone"]),
        (&5.0.into(), &true.into())
    );
    let trials = answer["trials"].as_array().expect("tries");
    let five = trials
        .iter()
        .find(|trial| trial["value"] == 5.0)
        .expect("it was tried");
    assert_eq!(
        (&five["met"], &five["share_high"]),
        (&3.into(), &1.0.into())
    );
    assert!(
        five["share_low"].as_f64().is_some_and(|low| low < 0.5),
        "{five}"
    );
}

#[test]
fn a_spread_is_found_to_the_step_and_told_in_every_format() {
    let asked = [
        "spread",
        "herd",
        "--client",
        "azure-cli",
        "--runs",
        "5",
        "--step",
        "1s",
        "--max",
        "5m",
        "--require",
        "sessions.success_ratio >= 0.9",
        "--confidence",
        "0.8",
    ];
    let answer = answer(&asked);
    let least = answer["answer"].as_f64().expect("there is one");
    assert!(
        (2000.0..60_000.0).contains(&least) && least % 1000.0 == 0.0,
        "{least}"
    );
    let bound = answer["trials"][0]["limits_bound_ms"]
        .as_f64()
        .expect("a bound");
    assert!(bound < least, "{bound}");
    let told = |format| {
        let output = plan(&[&asked[..], &["--format", format]].concat());
        text(&output.stdout).to_owned()
    };
    let tries = answer["trials"].as_array().map_or(0, Vec::len);
    assert_eq!(told("csv").lines().count(), tries + 1);
    assert!(told("text").contains(&format!(
        "answer       a spread of {:.2} s at least",
        least / 1000.0
    )));
    assert!(told("markdown").contains("| spread"));
}

#[test]
fn what_cannot_be_searched_is_refused() {
    for (arguments, told) in [
        (
            &["sessions", "scheduled-jobs"][..],
            "expected --group, one of cli, powershell",
        ),
        (
            &["sessions", "rate-ramp", "--group", "up-to-18-a-second"],
            "not stages",
        ),
        (
            &["spread", "spread-jobs", "--group", "cli"],
            "expected a group whose arrival is a herd, not every",
        ),
        (
            &["sessions", "herd", "--require", "sessions.succes >= 1"],
            "expected a path of the result",
        ),
        (
            &["sessions", "herd", "--require", "sessions.failed"],
            "expected a path and a comparison",
        ),
        (&["sessions", "herd", "--confidence", "95"], "up to 1"),
        (&["spread", "herd", "--max", "1ms"], "at least one --step"),
    ] {
        let output = plan(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(told),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn what_is_not_there_is_refused() {
    for (arguments, told) in [
        (
            &["policy", "--policy", "nobody"][..],
            "expected a client, one of",
        ),
        (
            &["policy", "--family", "nobody"][..],
            "expected a family, one of friendly",
        ),
        (
            &["policy", "--grid", "no-such-file.toml"][..],
            "cannot read no-such-file.toml",
        ),
    ] {
        let output = plan(arguments);
        let code = if told.starts_with("cannot") { 3 } else { 2 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(text(&output.stderr).contains(told), "{arguments:?}");
    }
}

const OPEN: &str = r#"
schema = 1
name = "open"
[[sessions]]
name = "jobs"
count = 5
arrival = { herd = {} }
client = "azure-cli"
script = [{ connect = {} }]
"#;

fn refused(arguments: &[&str]) -> String {
    let output = plan(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    text(&output.stderr).to_owned()
}

#[test]
fn what_is_asked_wrongly_is_told_as_it_was_asked() {
    let scenario = file("open.toml", OPEN);
    let scenario = scenario.to_str().expect("a path of text");
    assert_eq!(
        refused(&["sessions", scenario]),
        "error: expected --require with a scenario that expects nothing, such as \
         --require 'sessions.success_ratio >= 0.99'\n"
    );
    let required = ["--require", "sessions.success_ratio >= 0.5"];
    let with = |more: &[&str]| refused(&[&["sessions", scenario][..], &required, more].concat());
    let told = with(&["--require", "sessions.sucess_ratio < 1"]);
    assert!(
        told.ends_with("(--require \"sessions.sucess_ratio < 1\")\n"),
        "{told}"
    );
    let told = with(&["--group", "others"]);
    assert_eq!(
        told,
        "error: expected --group, one of jobs; not \"others\"\n"
    );
    assert!(with(&["--client", "mine"]).ends_with("; not \"mine\"\n"));
    let spread = ["spread", scenario, "--max", "1s", "--step", "2s"];
    assert_eq!(
        refused(&[&spread[..], &required].concat()),
        "error: expected a --max of at least one --step and at most 4294967295 of them, \
         not 1s in steps of 2s\n"
    );
}

#[test]
fn a_spread_is_told_as_finely_as_it_was_searched() {
    let scenario = file("fine.toml", &OPEN.replace("count = 5", "count = 9"));
    let scenario = scenario.to_str().expect("a path of text");
    let required = ["--require", "sessions.success_ratio >= 0.9", "--runs", "3"];
    let search = ["spread", scenario, "--step", "7ms", "--max", "70ms"];
    let output = plan(&[&search[..], &required].concat());
    assert!(
        text(&output.stdout).contains("\n 0.007 s "),
        "{}",
        text(&output.stdout)
    );
}

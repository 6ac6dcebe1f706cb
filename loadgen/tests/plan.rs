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

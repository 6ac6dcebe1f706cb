//! Policies that are compared.

use std::path::PathBuf;

use serde_json::Value;

use crate::{file, plan, text};

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

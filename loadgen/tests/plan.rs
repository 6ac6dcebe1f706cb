//! `imds-loadgen plan` as a user runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

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
    let all = ["--require", "sessions.success_ratio == 1", "--no-vary"];
    let sessions = ["sessions", "herd", "--client", "azure-cli"];
    let answer = answer(&[&sessions[..], &all].concat());
    assert_eq!(answer["answer"], 5.0);
    assert_eq!(answer["interval"], json!({ "low": 5.0, "high": 5.0 }));
    assert_eq!(
        (&answer["decided"], &answer["monotone"]),
        (&true.into(), &true.into())
    );
    let five = trial(&answer, 5.0);
    assert_eq!(
        (&five["decision"], &five["share_high"]),
        (&"holds".into(), &1.0.into())
    );
    assert!(
        five["share_low"]
            .as_f64()
            .is_some_and(|low| (0.95..1.0).contains(&low)),
        "{five}"
    );
    assert_eq!(trial(&answer, 6.0)["decision"], "fails");
}

fn trial(answer: &Value, value: f64) -> Value {
    let trials = answer["trials"].as_array().expect("tries");
    let found = trials.iter().find(|trial| trial["value"] == value);
    found
        .unwrap_or_else(|| panic!("{value} was tried: {answer}"))
        .clone()
}

/// Fifty jobs that ask once: with one start each 50 ms the slots and the rate are just enough.
#[test]
fn even_spacing_takes_less_time_than_a_spread_by_chance_and_fewer_starts_fail_when_they_are_punctual()
 {
    let asked = [
        "--client",
        "azure-cli",
        "--require",
        "within(60s) >= 0.9",
        "--no-vary",
        "--runs",
        "200",
    ];
    let interval = answer(&[&["interval"][..], &asked].concat());
    let spread = answer(&[&["spread", "--max", "60s"][..], &asked].concat());
    let rate = answer(&[&["rate"][..], &asked].concat());
    let number = |answer: &Value| answer["answer"].as_f64().expect("an answer");
    assert!(
        (number(&interval) * 49.0) < number(&spread),
        "{interval} {spread}"
    );
    assert!(
        (number(&rate) - 1000.0 / number(&interval)).abs() < 1.0,
        "{rate} {interval}"
    );
    let late = |jitter: usize| interval["late"][jitter]["lost"].as_f64().expect("a share");
    assert!(late(1) > late(0), "{interval}");
}

/// What holds for one assumption need not hold for another; the safe answer holds for all that were played.
#[test]
fn other_assumptions_are_played_and_the_least_answer_is_safe() {
    let asked = [
        "sessions",
        "--client",
        "azure-cli",
        "--require",
        "within(60s) >= 0.9",
        "--max",
        "40",
    ];
    let varied = [
        "--vary",
        "when_full=refuse,queue",
        "--vary",
        "token_rate=4,20",
    ];
    let answer = answer(&[&asked[..], &varied].concat());
    assert_eq!(answer["answer"], 5.0);
    let rows = answer["rows"].as_array().expect("rows");
    let of = |row: &Value| {
        (
            row["value"].as_str().unwrap_or_default().to_owned(),
            row["answer"].as_f64(),
        )
    };
    assert_eq!(
        rows.iter().map(of).collect::<Vec<_>>(),
        [
            ("queue".to_owned(), Some(20.0)),
            ("4".to_owned(), Some(4.0))
        ]
    );
    assert_eq!(
        answer["safe"],
        json!({ "answer": 4.0, "binding": "token_rate 4" })
    );
    assert_eq!(answer["range"], json!({ "low": 4.0, "high": 20.0 }));
    let known = answer["assumptions"]
        .as_array()
        .expect("assumptions")
        .iter();
    let of_rate = known
        .clone()
        .find(|one| one["name"] == "token_rate")
        .expect("it is listed");
    assert_eq!(
        (&of_rate["value"], &of_rate["evidence"]),
        (&"20".into(), &"documented".into())
    );
}

#[test]
fn a_profile_says_what_is_known() {
    let profile = "[assumptions.token_rate]\nvalues = ['4']\nevidence = 'measured'\nsource = 'a VM of mine'\n";
    let good = file("profile.toml", profile);
    let bad = file(
        "bad-profile.toml",
        &profile
            .replace("'4'", "'four'")
            .replace("measured", "guessed"),
    );
    let asked = [
        "sessions",
        "--client",
        "azure-cli",
        "--require",
        "within(60s) >= 0.9",
        "--max",
        "40",
    ];
    let narrowed = |path: &Path| {
        let path = path.to_str().expect("a path of text").to_owned();
        [
            &asked.map(str::to_owned)[..],
            &["--profile".to_owned(), path],
        ]
        .concat()
    };
    let words = narrowed(&good);
    let found = answer(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(found["answer"], 4.0);
    let words = narrowed(&bad);
    let told = refused(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(told.contains("bad-profile.toml:2:10: assumptions.token_rate.values: expected a number of requests a second for token_rate, not \"four\""), "{told}");
    assert!(
        told.contains("bad-profile.toml:3:12: assumptions.token_rate.evidence"),
        "{told}"
    );
}

/// A question that names all it needs reads no file, and its settings are those of a scenario.
#[test]
fn a_question_needs_no_scenario() {
    let asked = [
        "sessions",
        "--client",
        "azure-cli",
        "--require",
        "within(60s) >= 0.9",
        "--no-vary",
    ];
    let with = |more: &[&str]| answer(&[&asked[..], more].concat())["answer"].clone();
    assert_eq!(with(&["--set", "limits.identity.rate=3"]), 3.0);
    assert_eq!(
        with(&[
            "--set",
            "limits.identity.concurrent=false",
            "--service",
            "1ms"
        ]),
        20.0
    );
    let told = refused(&[&asked[..], &["--set", "limits.identity.rates=3"]].concat());
    assert_eq!(
        told,
        "error: expected other settings:\nimds.limits.identity.rates: unknown key, did you mean `rate`? \
         Expected one of `concurrent`, `rate` (--set)\n"
    );
}

/// All groups grow together, or one alone; the others may fail whatever one alone does.
#[test]
fn groups_are_changed_together_or_alone() {
    let scenario = file("groups.toml", GROUPS);
    let scenario = scenario.to_str().expect("a path of text");
    let asked = [
        "sessions",
        scenario,
        "--require",
        "within(60s) >= 0.9",
        "--no-vary",
    ];
    let all = answer(&asked);
    assert_eq!(
        (&all["groups"], &all["answer"]),
        (&json!(["few", "many"]), &5.0.into())
    );
    let alone = answer(&[&asked[..], &["--group", "few"]].concat());
    assert_eq!(alone["answer"], Value::Null);
    let note = alone["notes"][0].as_str().expect("a note");
    assert!(note.starts_with("group many fails already"), "{note}");
    let of_few = [
        "sessions",
        scenario,
        "--group",
        "few",
        "--no-vary",
        "--require",
        "within(60s) of few >= 0.2",
    ];
    assert!(
        answer(&of_few)["answer"]
            .as_f64()
            .is_some_and(|most| most >= 1.0)
    );
}

const GROUPS: &str = r#"
schema = 1
name = "groups"
[[sessions]]
name = "few"
count = 10
arrival = { herd = {} }
client = "azure-cli"
script = [{ connect = {} }]
[[sessions]]
name = "many"
count = 40
arrival = { herd = {} }
client = "azure-cli"
script = [{ connect = {} }]
"#;

#[test]
fn a_plan_is_told_in_every_format_and_can_be_made_again() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("plan-out");
    let asked = [
        "spread",
        "herd",
        "--client",
        "azure-cli",
        "--step",
        "1s",
        "--max",
        "30s",
        "--no-vary",
    ];
    let required = [
        "--require",
        "sessions.success_ratio >= 0.9",
        "--runs",
        "200",
        "--share",
        "0.9",
    ];
    let out = ["--out", folder.to_str().expect("a path of text")];
    let answer = answer(&[&asked[..], &required, &out].concat());
    let least = answer["answer"].as_f64().expect("there is one");
    let told = |name: &str| fs::read_to_string(folder.join(name)).expect(name);
    assert_eq!(
        serde_json::from_str::<Value>(&told("plan.json")).expect("JSON"),
        answer
    );
    let tries = answer["trials"].as_array().map_or(0, Vec::len);
    assert_eq!(told("plan.csv").lines().count(), tries + 1);
    assert!(told("report.txt").contains(&format!(
        "answer       a spread of {:.2} s at least",
        least / 1000.0
    )));
    assert!(told("summary.md").contains("- answer       a spread of"));
    let replay = answer["replay"].as_str().expect("a command");
    let words = replay
        .strip_prefix("imds-loadgen plan ")
        .expect("of this program");
    let words: Vec<&str> = words.split(' ').collect();
    assert!(
        words.starts_with(&["spread", "herd", "--seed", "20"]),
        "{replay}"
    );
}

#[test]
fn what_cannot_be_searched_is_refused() {
    for (arguments, told) in [
        (
            &["sessions", "scheduled-jobs", "--group", "nobody"][..],
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
        (&["sessions", "herd", "--confidence", "95"], "below 1"),
        (
            &[
                "spread",
                "herd",
                "--max",
                "1ms",
                "--require",
                "run.mean < 1s",
            ],
            "at least one --step",
        ),
        (
            &[
                "sessions",
                "herd",
                "--require",
                "within(60s) of some >= 0.9",
            ],
            "one of all, not \"some\"",
        ),
        (
            &[
                "sessions",
                "herd",
                "--require",
                "within(60s) >= 0.9",
                "--share",
                "0.9",
            ],
            "no --share",
        ),
        (
            &[
                "sessions",
                "herd",
                "--require",
                "within(60s) >= 0.999",
                "--runs",
                "1000",
            ],
            "--runs 4889 or more",
        ),
        (
            &["sessions", "herd", "--vary", "weather"],
            "one of service_time, window",
        ),
        (
            &["sessions", "herd", "--vary", "window=round"],
            "one of sliding-window, fixed-window",
        ),
        (&["sessions"], "--require, such as"),
    ] {
        let told_by = refused(arguments);
        assert!(told_by.contains(told), "{arguments:?}: {told_by}");
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
        "error: expected --require, such as --require 'within(60s) >= 0.999': nothing else says what is required\n"
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
        "error: expected a --max of at least one --step and less than 4294967295 of them, \
         not 1s in steps of 2s\n"
    );
}

#[test]
fn a_spread_is_told_as_finely_as_it_was_searched() {
    let scenario = file("fine.toml", &OPEN.replace("count = 5", "count = 9"));
    let scenario = scenario.to_str().expect("a path of text");
    let required = [
        "--require",
        "sessions.success_ratio >= 0.9",
        "--runs",
        "100",
        "--no-vary",
    ];
    let search = ["spread", scenario, "--step", "7ms", "--max", "70ms"];
    let output = plan(&[&search[..], &required].concat());
    assert!(
        text(&output.stdout).contains("\n 0.07 s "),
        "{}",
        text(&output.stdout)
    );
}

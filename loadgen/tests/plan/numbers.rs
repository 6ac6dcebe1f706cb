//! Numbers that are found, and what they rest on.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{OPEN, answer, file, plan, refused, text};

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

/// Where nothing was measured of refusals there was none, and where nothing was measured of grants nothing holds.
#[test]
fn what_was_not_measured_is_judged_as_in_a_run() {
    let most = |required: &str| {
        let asked = [
            "sessions",
            "--client",
            "azure-cli",
            "--max",
            "3",
            "--no-vary",
        ];
        answer(&[&asked[..], &["--require", required]].concat())["answer"].clone()
    };
    assert_eq!(most("attempt_latency_ms.refused.p99 < 100"), 3.0);
    assert_eq!(most("metadata.granted_latency_ms.p99 > 1"), Value::Null);
}

/// A figure of the whole result is that of each run's own seed, as one of its sample is.
#[test]
fn a_figure_is_the_same_by_whichever_path_it_is_required() {
    let trials = |required: &str| {
        let asked = [
            "spread",
            "herd",
            "--client",
            "azure-cli",
            "--step",
            "100ms",
            "--max",
            "2s",
        ];
        let more = [
            "--no-vary",
            "--runs",
            "150",
            "--count",
            "12",
            "--require",
            required,
        ];
        answer(&[&asked[..], &more].concat())["trials"].clone()
    };
    let of_all = trials("sessions.success_ratio == 1");
    assert_eq!(of_all, trials("sessions.by_group.all.success_ratio == 1"));
    // A client that asks once gets a token or fails; the counts of statuses are in the whole result alone.
    assert_eq!(of_all, trials("attempts.by_status.200 >= 12"));
    let shares = of_all.as_array().expect("tries").iter();
    let by_chance = |share: f64| share > 0.0 && share < 1.0;
    let mut shares = shares.filter_map(|trial| trial["share"].as_f64());
    assert!(shares.any(by_chance), "{of_all}");
}

/// Of 22 that ask once 20 are nine in ten. What holds for one assumption need not hold for another; the safe answer holds for all that were played.
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
            ("queue".to_owned(), Some(22.0)),
            ("4".to_owned(), Some(4.0))
        ]
    );
    assert_eq!(
        answer["safe"],
        json!({ "answer": 4.0, "binding": "token_rate 4" })
    );
    assert_eq!(answer["range"], json!({ "low": 4.0, "high": 22.0 }));
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
        22.0
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
        "within(60s) of few >= 0.05",
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
        text(&output.stdout).contains(" 0.07 s "),
        "{}",
        text(&output.stdout)
    );
}

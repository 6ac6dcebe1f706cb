//! Summaries of many runs: their schema, and comparisons of them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{code, folder, loadgen, stderr, stdout};

fn read(path: &str) -> Value {
    let text = fs::read_to_string(path).expect("a file that was written");
    serde_json::from_str(&text).expect("JSON")
}

fn summed_up(folder: &Path, out: &str, more: &[&str]) -> String {
    let out = folder.join(out);
    let out = out.to_str().expect("a path in UTF-8");
    let fixed = ["simulate", "herd", "--no-expectations", "--out", out];
    let output = loadgen(&[&fixed[..], more].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    format!("{out}/summary.json")
}

#[test]
fn a_summary_is_as_its_schema_says() {
    let folder = folder("summaries/schema");
    let summary = read(&summed_up(&folder, "out", &["--runs", "3"]));
    let schema: Value =
        serde_json::from_str(&stdout(&loadgen(&["schema", "summary"]))).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&summary), "{summary}");
    assert_eq!(
        (&summary["groups"]["all"], &summary["passed_ratio"]),
        (&50.into(), &1.0.into())
    );
    assert!(!validator.is_valid(&serde_json::json!({ "schema": 1 })));
}

#[test]
fn summaries_are_compared_and_a_baseline_may_be_one() {
    let folder = folder("summaries/compare");
    let good = summed_up(
        &folder,
        "good",
        &["--runs", "5", "--client", "proportional"],
    );
    let bad = summed_up(&folder, "bad", &["--runs", "5"]);
    assert_eq!(code(&loadgen(&["compare", &good, &good])), 0);
    let output = loadgen(&["compare", &good, &bad, "--format", "json"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let document: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let figures = document["figures"].as_array().expect("figures");
    let of = |path: &str| figures.iter().find(|figure| figure["path"] == path);
    let ratio = of("metrics.sessions.success_ratio.p50").expect("it is compared");
    assert_eq!(
        (&ratio["better"], &ratio["outcome"]),
        (&"more".into(), &"worse".into())
    );
    assert!(of("metrics.lower_bound_ms.p50").is_none());

    let again = [
        "simulate",
        "herd",
        "--no-expectations",
        "--runs",
        "5",
        "--baseline",
        &good,
    ];
    let worse = loadgen(&again);
    assert_eq!(code(&worse), 1);
    assert!(stdout(&worse).contains("REGRESSED"), "{}", stdout(&worse));
    assert_eq!(
        code(&loadgen(
            &[&again[..], &["--client", "proportional"]].concat()
        )),
        0
    );
}

#[test]
fn what_is_not_of_one_kind_is_not_compared() {
    let folder = folder("summaries/kinds");
    let summary = summed_up(&folder, "many", &["--runs", "2"]);
    let fewer = summed_up(&folder, "more", &["--runs", "3"]);
    summed_up(&folder, "one", &[]);
    let result = folder.join("one/result.json");
    let result = result.to_str().expect("a path in UTF-8");
    let output = loadgen(&["compare", result, &summary]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("not a result and then a summary"),
        "{}",
        stderr(&output)
    );
    let output = loadgen(&["compare", &summary, &fewer]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("runs: 2 and 3"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_summary_is_rendered_again_as_it_was_printed() {
    let folder = folder("summaries/report");
    let out = folder.to_str().expect("a path in UTF-8");
    let play = ["simulate", "herd", "--no-expectations", "--runs", "3"];
    for format in ["text", "csv", "junit", "markdown", "html", "json"] {
        let more = ["--format", format, "--out", out];
        let printed = stdout(&loadgen(&[&play[..], &more].concat()));
        let again = loadgen(&["report", &format!("{out}/summary.json"), "--format", format]);
        let printed = without_time(&printed);
        assert_eq!(stdout(&again), printed, "{format}: {}", stderr(&again));
    }
}

/// When a suite of `JUnit` was played, and for how long, is in no summary: the same seeds give the same bytes.
fn without_time(printed: &str) -> String {
    let suite = printed.split_once(" timestamp=\"");
    suite.map_or(printed.to_owned(), |(before, after)| {
        let (_, after) = after.split_once('>').expect("the end of the suite's head");
        format!("{before}>{after}")
    })
}

#[test]
fn what_is_no_document_is_told_with_what_would_be() {
    let folder = folder("summaries/named");
    let summary = summed_up(&folder, "out", &["--runs", "2"]);
    let told = |name: &str| {
        let output = loadgen(&["explain", name, "--session", "1"]);
        assert_eq!(code(&output), 2, "{name}");
        stderr(&output)
    };
    assert_eq!(
        told("herd"),
        "error: expected a result.json, and herd is a scenario: \
         imds-loadgen simulate herd --out DIR writes DIR/result.json\n"
    );
    let of_many = told(&summary);
    assert!(
        of_many.ends_with("expected the result of one run, not the summary of many runs\n"),
        "{of_many}"
    );
    let out = folder.join("out");
    let of_folder = told(out.to_str().expect("a path in UTF-8"));
    assert!(
        of_folder.contains("result.json, not a folder"),
        "{of_folder}"
    );
    assert_eq!(
        code(&loadgen(&["explain", "none.json", "--session", "1"])),
        3
    );
}

#[test]
fn one_run_has_its_quantile_among_many() {
    let folder = folder("summaries/parity");
    let client = ["--client", "azure-powershell", "--count", "12"];
    let summary = summed_up(&folder, "many", &[&["--runs", "120"][..], &client].concat());
    let seed = [&["--seed", "5000"][..], &client].concat();
    summed_up(&folder, "like", &seed);
    let slower = [&["--client", "proportional", "--count", "12"][..]].concat();
    summed_up(&folder, "unlike", &slower);
    let beside = |name: &str, format: &str| {
        let result = folder.join(name).join("result.json");
        let result = result.to_str().expect("a path in UTF-8");
        loadgen(&["compare", &summary, result, "--format", format])
    };
    let like = beside("like", "json");
    assert_eq!(code(&like), 0, "{}", stdout(&like));
    let document: Value = serde_json::from_str(&stdout(&like)).expect("JSON");
    let figures = document["figures"].as_array().expect("figures");
    let inside = |figure: &Value| {
        let quantile = figure["place"]["quantile"].as_f64();
        quantile.is_some_and(|quantile| quantile > 0.0 && quantile < 1.0)
    };
    assert!(figures.iter().all(inside), "{document}");
    let unlike = beside("unlike", "text");
    assert!(stdout(&unlike).contains("outside"), "{}", stdout(&unlike));
    let junit = beside("unlike", "junit");
    assert!(
        stdout(&junit).contains("quantile of 120 simulated runs"),
        "{}",
        stdout(&junit)
    );
}

#[test]
fn every_run_has_a_row_of_its_own() {
    let folder = folder("summaries/rows");
    let figures = ["time_to_token_ms.max", "attempt_latency_ms.refused.p99"];
    let asked = ["--figure", figures[0], "--figure", figures[1]];
    let more = [
        "--runs",
        "3",
        "--seed",
        "8",
        "--client",
        "azure-cli",
        "--count",
        "7",
    ];
    summed_up(&folder, "many", &[&more[..], &asked].concat());
    let path = folder.join("many/runs.csv");
    let text = fs::read_to_string(path).expect("a file that was written");
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[0], format!("seed,{},{}", figures[0], figures[1]));
    assert_eq!(rows[1..], ["8,inf,0", "9,inf,0", "10,inf,0"]);

    let quiet = ["--runs", "2", "--count", "3", "--client", "azure-cli"];
    summed_up(&folder, "quiet", &[&quiet[..], &asked].concat());
    let text = fs::read_to_string(folder.join("quiet/runs.csv")).expect("a file");
    assert!(text.lines().skip(1).all(|row| row.ends_with(',')), "{text}");

    let wrong = [
        "simulate", "herd", "--runs", "2", "--figure", "makespan", "--figure", "x",
    ];
    let output = loadgen(&wrong);
    assert_eq!(code(&output), 2);
    let told = stderr(&output);
    assert!(
        told.contains("--figure makespan: ") && told.contains("--figure x: "),
        "{told}"
    );
}

#[test]
fn a_run_of_many_is_played_again_and_explained() {
    let folder = folder("summaries/explain");
    let play = ["--runs", "5", "--client", "azure-cli", "--count", "8"];
    let summary = read(&summed_up(&folder, "many", &play));
    let command = summary["worst"]["explain"].as_str().expect("a command");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let output = loadgen(&words);
    assert_eq!(code(&output), 0, "{command}: {}", stderr(&output));
    let seed = summary["worst"]["seed"].to_string();
    let told = stdout(&output);
    assert!(
        told.contains(&format!("seed {seed} ")) && told.contains("has failed"),
        "{told}"
    );
}

#[test]
fn the_page_of_many_runs_has_a_chart_of_each_figure_that_varies() {
    let page = stdout(&loadgen(&[
        "simulate",
        "spread-jobs",
        "--runs",
        "5",
        "--no-expectations",
        "--format",
        "html",
    ]));
    for path in ["makespan_ms", "sessions.by_group.cli.time_to_token_ms.p99"] {
        assert!(page.contains(&format!("-title\">{path}</h2>")), "{path}");
    }
    assert!(page.contains("imds-loadgen explain spread-jobs --seed"));
}

/// The runs say so, with the number of those of which it holds.
#[test]
fn many_runs_say_what_happened_and_what_to_change() {
    let folder = folder("summaries/in-words");
    let fixed = ["simulate", "herd", "--no-expectations", "--runs", "4"];
    let output = loadgen(&fixed);
    let report = stdout(&output);
    let happened = "happened       sessions failed in 4 of 4 runs, and in 4 the most frequent failure was imds_429 of group all, \
                    client py-azure-identity; of the sessions ";
    assert!(report.contains(happened), "{report}");
    assert!(
        report.contains("to change      in 4 of 4 runs: queue the jobs (`imds-client exec"),
        "{report}"
    );
    let out = folder.join("out").display().to_string();
    let gate = [
        "simulate",
        "demo-gate",
        "--runs",
        "3",
        "--out",
        &out,
        "--report",
        "markdown,html",
    ];
    let report = stdout(&loadgen(&gate));
    let happened = "happened       all sessions succeeded in each of 3 runs; no session waited for its turn at the gate for longer than 1.";
    assert!(report.contains(happened), "{report}");
    assert!(
        report.contains("sessions.by_group.jobs.through.waited_ms.max"),
        "{report}"
    );
    assert!(!report.contains("to change"), "{report}");
    for (file, said) in [
        ("summary.md", "What happened: all sessions"),
        ("report.html", "What happened: </strong>all"),
    ] {
        let text = fs::read_to_string(folder.join("out").join(file)).expect("written");
        assert!(text.contains(said), "{file}");
    }
    let broker = stdout(&loadgen(&["simulate", "demo-broker", "--runs", "3"]));
    assert!(
        broker.contains("that the broker sent in a run were 1"),
        "{broker}"
    );
}

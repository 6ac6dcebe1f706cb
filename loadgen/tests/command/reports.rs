//! What a user makes of results: reports in all formats, stories, comparisons, schemas.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use serde_json::Value;

use crate::program::{code, folder, loadgen, stderr, stdout};

/// Eight sessions at once, which pause and ask again; five succeed with a client that never retries.
fn scenario(folder: &Path) -> String {
    let path = folder.join("herd.toml");
    let text = r#"
        schema = 1
        name = "herd"
        seed = 3
        [imds]
        latency = { token_cold = "300ms", token_warm = "300ms" }
        [[sessions]]
        name = "a, b"
        count = 8
        arrival = { herd = {} }
        client = "azure-cli"
        script = [{ think = "10ms" }, { connect = {} }]
        [expect]
        "sessions.succeeded" = "== 5"
        "time_to_token_ms.p99" = "< 1"
    "#;
    fs::write(&path, text).expect("the folder can be written");
    utf8(&path)
}

fn utf8(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Simulates into a folder and gives the path of the result.
fn simulated(folder: &Path, scenario: &str, out: &str, more: &[&str]) -> String {
    let out = folder.join(out);
    let out_arg = utf8(&out);
    let fixed = ["simulate", scenario, "--no-expectations", "--out", &out_arg];
    let output = loadgen(&[&fixed[..], more].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    utf8(&out.join("result.json"))
}

#[test]
fn every_report_is_written_into_the_folder() {
    let folder = folder("reports/all");
    let out = utf8(&folder.join("out"));
    let path = scenario(&folder);
    let formats = "text,csv,junit,markdown";
    let output = loadgen(&["simulate", &path, "--out", &out, "--report", formats]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let written = |name: &str| read(&folder.join("out").join(name));
    assert_eq!(written("report.txt"), stdout(&output));
    let sessions = written("sessions.csv");
    assert_eq!(sessions.lines().count(), 9, "{sessions}");
    let first = sessions.lines().nth(1).expect("a session");
    assert!(first.starts_with("0,\"a, b\",0.0,0.0,"), "{first}");
    assert_eq!(written("attempts.csv").lines().count(), 9);
    assert_eq!(
        written("timeline.csv").lines().nth(1),
        Some("0,8,8,5,0,3,0,0,0")
    );
    let junit = written("junit.xml");
    assert!(
        junit.contains(r#"tests="3""#) && junit.contains(r#"failures="1""#),
        "{junit}"
    );
    assert!(junit.contains("was never"), "{junit}");
    let suite = junit.lines().find(|line| line.contains("<testsuite "));
    let suite = suite.expect("a suite");
    assert!(
        suite.contains(" timestamp=\"20") && suite.contains(" time=\"0."),
        "{suite}"
    );
    let markdown = written("summary.md");
    assert!(markdown.starts_with("## herd: FAILED"), "{markdown}");
    let failed = "3 of 8 sessions failed (of group";
    let queue = "queue the jobs (`imds-client exec --at-once 5 --rate 19/s -- COMMAND`)";
    for report in [&markdown, &written("report.txt")] {
        assert!(
            report.contains(failed) && report.contains(queue),
            "{report}"
        );
    }
    assert!(
        markdown.contains("| `time_to_token_ms.p99` < 1 | never | **not met** |"),
        "{markdown}"
    );
}

#[test]
fn a_report_needs_a_folder() {
    let path = scenario(&folder("reports/no-folder"));
    assert_eq!(code(&loadgen(&["simulate", &path, "--report", "junit"])), 2);
}

#[test]
fn many_runs_have_every_format_too() {
    let path = scenario(&folder("reports/many"));
    for (format, part) in [
        ("csv", "path,min,p5,p50,p95,max"),
        ("junit", "met in 0 of 3 runs"),
        ("markdown", "| met in |"),
        ("json", "\"first_seed\": 3"),
    ] {
        let output = loadgen(&["simulate", &path, "--runs", "3", "--format", format]);
        assert_eq!(code(&output), 1, "{}", stderr(&output));
        assert!(
            stdout(&output).contains(part),
            "{part} in {}",
            stdout(&output)
        );
    }
}

#[test]
fn live_and_simulated_results_are_as_the_schema_says() {
    let path = scenario(&folder("reports/schema"));
    let printed = loadgen(&["schema", "result"]);
    let schema: Value = serde_json::from_str(&stdout(&printed)).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for verb in ["run", "simulate"] {
        let output = loadgen(&[verb, &path, "--format", "json"]);
        let result: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let problems = validator
            .iter_errors(&result)
            .map(|error| error.to_string());
        assert_eq!(problems.collect::<Vec<_>>(), [""; 0], "{verb}");
        assert_eq!(result["traces"].as_array().expect("stories").len(), 8);
    }
    let wrong = serde_json::json!({ "schema": 1 });
    assert!(!validator.is_valid(&wrong));
}

/// The keys of a story, its steps and its attempts.
fn shape(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| {
            out.push(name.clone());
            shape(inner, out);
        }),
        Value::Array(items) => items.iter().for_each(|item| shape(item, out)),
        _ => {}
    }
}

#[test]
fn stories_have_one_shape_live_and_simulated() {
    let path = scenario(&folder("reports/shape"));
    let stories = ["run", "simulate"].map(|verb| {
        let output = loadgen(&[verb, &path, "--format", "json"]);
        let result: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let mut keys = vec![];
        shape(&result["traces"], &mut keys);
        keys.into_iter().collect::<BTreeSet<_>>()
    });
    assert_eq!(stories[0], stories[1]);
}

#[test]
fn a_story_is_told_attempt_by_attempt() {
    let folder = folder("reports/explain");
    let path = scenario(&folder);
    let more = ["--client", "go-msal"];
    let result = simulated(&folder, &path, "out", &more);
    let document: Value = serde_json::from_str(&read(Path::new(&result))).expect("JSON");
    let stories = document["traces"].as_array().expect("stories");
    let retried = stories.iter().find(|story| story["attempts"] == 2);
    let number = retried.expect("a session that retried once")["session"].to_string();
    let output = loadgen(&["explain", &result, "--session", &number]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for part in [
        "step 1, think: a pause of 10 ms",
        "step 2, connect: a token for https://management.azure.com/",
        "first attempt: 429, refused by the limit of requests at once, after 0.0 ms; waits ",
        "retry 1: granted after 300.0 ms",
        "has succeeded",
    ] {
        assert!(
            stdout(&output).contains(part),
            "{part} in {}",
            stdout(&output)
        );
    }
}

#[test]
fn a_story_that_is_not_there_is_refused() {
    let folder = folder("reports/no-story");
    let path = scenario(&folder);
    let result = simulated(&folder, &path, "out", &["--traces", "2"]);
    let nobody = loadgen(&["explain", &result, "--session", "8"]);
    assert_eq!(code(&nobody), 2);
    assert!(
        stderr(&nobody).contains("from 0 to 7"),
        "{}",
        stderr(&nobody)
    );
    let told = |number: u32| {
        code(&loadgen(&[
            "explain",
            &result,
            "--session",
            &number.to_string(),
        ]))
    };
    let codes: Vec<i32> = (0..8).map(told).collect();
    let kept = codes.iter().filter(|code| **code == 0).count();
    assert_eq!(kept, 2, "{codes:?}");
}

#[test]
fn a_file_that_is_no_result_is_refused_with_its_place() {
    let folder = folder("reports/no-result");
    let path = folder.join("broken.json");
    fs::write(&path, "{ \"schema\": 1,\n  oops }").expect("the folder can be written");
    let output = loadgen(&["explain", &utf8(&path), "--session", "0"]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("broken.json:2:3: "),
        "{}",
        stderr(&output)
    );
    assert_eq!(
        code(&loadgen(&["compare", "no-such.json", "no-such.json"])),
        3
    );
}

#[test]
fn a_regression_ends_with_1() {
    let folder = folder("reports/compare");
    let path = scenario(&folder);
    let good = simulated(&folder, &path, "good", &["--client", "proportional"]);
    let bad = simulated(&folder, &path, "bad", &[]);
    assert_eq!(code(&loadgen(&["compare", &good, &good])), 0);
    let output = loadgen(&["compare", &good, &bad, "--format", "markdown"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(
        stdout(&output).contains("| `sessions.failed` | 0 | 3 | 3 | 0 | **worse** |"),
        "{}",
        stdout(&output)
    );
    let json = loadgen(&["compare", &good, &bad, "--format", "json"]);
    let document: Value = serde_json::from_str(&stdout(&json)).expect("JSON");
    assert_eq!(document["verdict"], "failed");
    assert_eq!(
        code(&loadgen(&["compare", &good, &bad, "--format", "csv"])),
        2
    );
}

#[test]
fn a_run_is_held_against_its_baseline() {
    let folder = folder("reports/baseline");
    let path = scenario(&folder);
    let good = simulated(&folder, &path, "good", &["--client", "proportional"]);
    let common = ["simulate", &path, "--no-expectations", "--baseline", &good];
    let worse = loadgen(&common);
    assert_eq!(code(&worse), 1);
    assert!(stdout(&worse).contains("REGRESSED"), "{}", stdout(&worse));
    let same = loadgen(&[&common[..], &["--client", "proportional"]].concat());
    assert_eq!(code(&same), 0, "{}", stdout(&same));
    let out = utf8(&folder.join("out"));
    let more = ["--out", &out, "--report", "junit,markdown,text"];
    let written = loadgen(&[&common[..], &more].concat());
    assert_eq!(code(&written), 1);
    let report = |name: &str| read(&folder.join("out").join(name));
    assert_eq!(report("report.txt"), stdout(&written));
    let junit = report("junit.xml");
    assert!(
        junit.contains(r#"<testsuite name="herd against its baseline" tests="14""#)
            && junit.contains("time_to_token_ms.p99 is no worse"),
        "{junit}"
    );
    // The run took the time of the first suite, and the comparison none of its own.
    let suites = junit.lines().filter(|line| line.contains("<testsuite "));
    let dates: Vec<bool> = suites
        .map(|suite| suite.contains(" timestamp=\"20"))
        .collect();
    assert_eq!(dates, [true, true], "{junit}");
    assert!(report("summary.md").contains("**worse**"));
    let other = loadgen(&[&common[..], &["--count", "9"]].concat());
    assert_eq!(code(&other), 2);
    assert!(stderr(&other).contains("--different"), "{}", stderr(&other));
}

#[test]
fn what_is_wrong_with_a_baseline_is_found_before_the_run() {
    let folder = folder("reports/before");
    let path = scenario(&folder);
    let good = simulated(&folder, &path, "good", &[]);
    for wrong in [
        &["--baseline", &path][..],
        &["--baseline", &good, "--tolerance", "sessions.nobody=1%"],
        &["--baseline", &good, "--tolerance", "much"],
        &["--tolerance", "makespan_ms=1%"],
        &["--baseline", &good, "--runs", "2"], // a result, not a summary
    ] {
        let output = loadgen(&[&["simulate", &path], wrong].concat());
        assert_eq!(code(&output), 2, "{wrong:?}");
        assert_eq!(stdout(&output), "", "{wrong:?}");
    }
}

/// A run is known to be under way when its session asks; nobody answers it.
#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_what_it_measured_and_says_so() {
    let folder = folder("reports/interrupted");
    let path = scenario(&folder);
    let out = folder.join("out");
    let service = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let target = format!("http://{}", service.local_addr().expect("bound"));
    let child = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"))
        .args(["run", &path, "--target", &target, "--format", "json"])
        .args(["--out", &utf8(&out)])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let (_asking, _) = service.accept().expect("a session asks");
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 1);
    let result: Value = serde_json::from_str(&read(&out.join("result.json"))).expect("JSON");
    assert_eq!(result["cut_short"], true);
    assert_eq!(result["sessions"]["by_failure"]["unfinished"], 8);
    assert_eq!(result["traces"][0]["outcome"], "unfinished");
}

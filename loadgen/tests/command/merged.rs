//! Results of several machines, put together.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{code, folder, loadgen, loadgen_in, stderr, stdout};

/// Runs a herd into folders of these names, live and with a seed each.
fn played(folder: &Path, vms: &[(&str, &str)]) {
    for (name, seed) in vms {
        let play = [
            "run",
            "herd",
            "--client",
            "azure-cli",
            "--count",
            "8",
            "--quiet",
            "--no-expectations",
        ];
        let output = loadgen_in(
            folder,
            &[&play[..], &["--seed", seed, "--out", name]].concat(),
        );
        assert_eq!(code(&output), 0, "{}", stderr(&output));
    }
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

#[test]
fn live_results_of_vms_are_a_result_that_names_its_sources() {
    let folder = folder("merged/live");
    played(&folder, &[("vm-1", "1"), ("vm-2", "2")]);
    let files = ["vm-2/result.json", "vm-1/result.json"];
    let reports = ["--out", "fleet", "--report", "text,markdown,html,csv,junit"];
    let merged = loadgen_in(&folder, &[&["merge"], &files[..], &reports].concat());
    assert_eq!(code(&merged), 0, "{}", stderr(&merged));
    let result = json(&folder.join("fleet/result.json"));
    is_as_its_schema_says(&result);
    let names = [0, 1].map(|place| &result["sources"][place]["name"]);
    assert_eq!(names, ["vm-1", "vm-2"]);
    adds(&folder, &result);
    is_reported(&folder);
    is_read_again(&folder);
}

fn is_as_its_schema_says(result: &Value) {
    let schema = stdout(&loadgen(&["schema", "result"]));
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems = validator.iter_errors(result);
    let problems: Vec<String> = problems.map(|problem| problem.to_string()).collect();
    assert_eq!(problems, [""; 0]);
}

fn adds(folder: &Path, result: &Value) {
    let singles = ["vm-1", "vm-2"].map(|vm| json(&folder.join(vm).join("result.json")));
    let count = |of: &Value, path: &str| of.pointer(path).and_then(Value::as_u64).expect("a count");
    for path in [
        "/sessions/total",
        "/sessions/failed",
        "/attempts/total",
        "/histograms/time_to_token_ms/never",
    ] {
        let sum: u64 = singles.iter().map(|single| count(single, path)).sum();
        assert_eq!(count(result, path), sum, "{path}");
    }
}

fn is_reported(folder: &Path) {
    for (file, expected) in [
        (
            "report.txt",
            "no sum         the greatest of any source: peak",
        ),
        ("summary.md", "| vm-2 | 8 |"),
        ("report.html", "id=\"sources\""),
        ("sources.csv", "vm-2,passed,8,"),
        ("junit.xml", "source vm-1"),
    ] {
        let text = fs::read_to_string(folder.join("fleet").join(file)).expect(file);
        assert!(text.contains(expected), "{file}: {text}");
    }
}

fn is_read_again(folder: &Path) {
    for format in ["text", "json", "csv", "junit", "markdown", "html"] {
        let again = ["report", "fleet/result.json", "--format", format];
        assert_eq!(code(&loadgen_in(folder, &again)), 0, "{format}");
    }
    for (base, expected) in [("fleet/result.json", 0), ("vm-1/result.json", 2)] {
        let compared = loadgen_in(folder, &["compare", base, "fleet/result.json"]);
        assert_eq!(code(&compared), expected, "{}", stderr(&compared));
    }
    let explained = stderr(&loadgen_in(folder, &["explain", "fleet/result.json"]));
    assert!(
        explained.contains("a merged one has no stories"),
        "{explained}"
    );
}

/// Results of the same scenario in `a` and `b`, one of another in `other`, and a shard.
fn simulated(name: &str) -> PathBuf {
    let folder = folder(name);
    let play = ["simulate", "herd", "--no-expectations", "--count", "6"];
    for more in [
        &["--seed", "1", "--out", "a"][..],
        &["--seed", "2", "--out", "b"],
        &["--client", "azure-cli", "--out", "other"],
        &["--runs", "4", "--shard", "1/2", "--out", "."],
    ] {
        let output = loadgen_in(&folder, &[&play[..], more].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
    }
    folder
}

#[test]
fn sources_are_named() {
    let folder = simulated("merged/named");
    let files = ["merge", "a/result.json", "b/result.json", "--format", "csv"];
    let named = ["--name", "west", "--name", "east"];
    let named = loadgen_in(&folder, &[&files[..], &named].concat());
    assert!(
        stdout(&named).contains("\neast,passed,6,"),
        "{}",
        stdout(&named)
    );
    let by_folder = stdout(&loadgen_in(&folder, &files));
    assert!(by_folder.contains("\na,passed,6,"), "{by_folder}");
}

const REFUSED: [(&[&str], &str); 6] = [
    (
        &["a/result.json", "b/result.json", "--name", "west"],
        "as many --name as files, found 1 of 2",
    ),
    (&["a/result.json", "a/result.json"], "found 2 called a"),
    (
        &["a/result.json", "other/result.json"],
        "other: scenario_sha256: expected",
    ),
    (
        &["a/result.json", "shard-1-of-2.json"],
        "shard-1-of-2.json is a shard, and a/result.json a result",
    ),
    (
        &["shard-1-of-2.json", "--name", "a"],
        "shards have no sources",
    ),
    (&["a/result.json"], "expected two results or more"),
];

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = simulated("merged/refused");
    for (files, expected) in REFUSED {
        let output = loadgen_in(&folder, &[&["merge"], files].concat());
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

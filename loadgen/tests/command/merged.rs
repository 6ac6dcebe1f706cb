//! Results of several machines, put together.

use std::fs;
use std::path::Path;

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
    let schema: Value =
        serde_json::from_str(&stdout(&loadgen(&["schema", "result"]))).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems: Vec<String> = validator
        .iter_errors(&result)
        .map(|problem| problem.to_string())
        .collect();
    assert_eq!(problems, [""; 0]);
    let names: Vec<&Value> = result["sources"]
        .as_array()
        .expect("sources")
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["vm-1", "vm-2"]);
    let singles = ["vm-1", "vm-2"].map(|vm| json(&folder.join(vm).join("result.json")));
    let sum = |path: &str| {
        singles
            .iter()
            .map(|single| single.pointer(path).and_then(Value::as_u64).expect(path))
            .sum::<u64>()
    };
    for path in [
        "/sessions/total",
        "/sessions/failed",
        "/attempts/total",
        "/histograms/time_to_token_ms/never",
    ] {
        assert_eq!(
            result.pointer(path).and_then(Value::as_u64),
            Some(sum(path)),
            "{path}"
        );
    }
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
    for format in ["text", "json", "csv", "junit", "markdown", "html"] {
        let again = loadgen_in(
            &folder,
            &["report", "fleet/result.json", "--format", format],
        );
        assert_eq!(code(&again), 0, "{}", stderr(&again));
    }
    for (base, expected) in [("fleet/result.json", 0), ("vm-1/result.json", 2)] {
        let compared = loadgen_in(&folder, &["compare", base, "fleet/result.json"]);
        assert_eq!(code(&compared), expected, "{}", stderr(&compared));
    }
    let explained = stderr(&loadgen_in(&folder, &["explain", "fleet/result.json"]));
    assert!(
        explained.contains("a merged one has no stories"),
        "{explained}"
    );
}

#[test]
fn sources_are_named_and_what_does_not_belong_together_is_refused() {
    let folder = folder("merged/refused");
    let play = ["simulate", "herd", "--no-expectations", "--count", "6"];
    for (seed, out) in [("1", "a"), ("2", "b")] {
        loadgen_in(
            &folder,
            &[&play[..], &["--seed", seed, "--out", out]].concat(),
        );
    }
    loadgen_in(
        &folder,
        &[&play[..], &["--client", "azure-cli", "--out", "other"]].concat(),
    );
    loadgen_in(
        &folder,
        &[&play[..], &["--runs", "4", "--shard", "1/2", "--out", "."]].concat(),
    );
    let merge = |args: &[&str]| loadgen_in(&folder, &[&["merge"], args].concat());
    let named = merge(&[
        "a/result.json",
        "b/result.json",
        "--name",
        "west",
        "--name",
        "east",
        "--format",
        "csv",
    ]);
    assert!(
        stdout(&named).contains("\neast,passed,6,"),
        "{}",
        stdout(&named)
    );
    for (args, expected) in [
        (
            &["a/result.json", "b/result.json", "--name", "west"][..],
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
    ] {
        let output = merge(args);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

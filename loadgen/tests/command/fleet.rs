//! Fleets: what plays them, what refuses them, and what is told of them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{code, folder, loadgen, loadgen_in, stderr, stdout};

const FLEET: &str = "fleet-nightly";

/// Commands of one VM, and the reason that each gives.
const REFUSED: [(&[&str], &str); 8] = [
    (
        &["run", FLEET],
        "live sessions share the processor, the profile and the files of one machine",
    ),
    (
        &["run", FLEET, "--target", "http://127.0.0.1:1"],
        "live sessions share",
    ),
    (
        &["herd", FLEET, "--", "true"],
        "all processes start on this machine",
    ),
    (&["plan", "sessions", FLEET], "what is sought is of one VM"),
    (&["plan", "spread", FLEET], "what is sought is of one VM"),
    (
        &["plan", "policy", FLEET],
        "policies are compared on one VM",
    ),
    (&["remedies", FLEET], "what is sought is of one VM"),
    (
        &["scenarios", "config", FLEET],
        "the configuration is that of one VM",
    ),
];

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON")
}

#[test]
fn commands_of_one_vm_refuse_a_fleet_and_say_what_plays_it() {
    for (args, reason) in REFUSED {
        let output = loadgen(args);
        let told = stderr(&output);
        assert_eq!(code(&output), 2, "{args:?}: {told}");
        let place = "expected a scenario without [[vms]], which fleet-nightly has: ";
        for part in [place, reason, "`imds-loadgen simulate` plays fleets"] {
            assert!(told.contains(part), "{args:?}: {told}");
        }
    }
}

#[test]
fn the_sessions_of_all_vms_are_counted_against_the_most_there_may_be() {
    let output = loadgen(&["simulate", FLEET, "--count", "100000"]);
    assert_eq!(code(&output), 2);
    let told = stderr(&output);
    assert!(
        told.starts_with("error: expected 1 session or more"),
        "{told}"
    );
}

#[test]
fn results_of_fleets_are_not_merged() {
    let folder = folder("fleet/merged");
    for seed in ["1", "2"] {
        let play = [
            "simulate",
            FLEET,
            "--count",
            "1",
            "--no-expectations",
            "--seed",
            seed,
            "--out",
            seed,
        ];
        assert_eq!(code(&loadgen_in(&folder, &play)), 0);
    }
    let merged = loadgen_in(&folder, &["merge", "1/result.json", "2/result.json"]);
    assert_eq!(code(&merged), 2);
    let told = stderr(&merged);
    for name in ["1", "2"] {
        let expected = format!("{name}: fleet: expected the result of one VM");
        assert!(told.contains(&expected), "{told}");
    }
}

#[test]
fn reports_show_lost_sessions_vms_with_a_loss_and_what_binds() {
    let folder = folder("fleet/reports");
    let play = [
        "simulate",
        FLEET,
        "--out",
        "out",
        "--report",
        "text,markdown,html,csv,junit",
    ];
    let output = loadgen_in(&folder, &play);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let result = json(&folder.join("out/result.json"));
    let fleet = &result["fleet"];
    let (failed, vms) = (&result["sessions"]["failed"], &fleet["vms_with_loss"]);
    assert_eq!(fleet["binding"], "tenant");
    let told = [
        format!("{failed} of 300 sessions: 0 by IMDS, {failed} by Resource Manager, 0 otherwise"),
        format!("{vms} of 30 lost a session"),
        "the budget of one principal in the tenant, which all VMs with this identity share"
            .to_owned(),
    ];
    for file in ["report.txt", "summary.md", "report.html"] {
        let text = fs::read_to_string(folder.join("out").join(file)).expect("a report");
        for part in &told {
            assert!(text.contains(part), "{file}: {part}\n{text}");
        }
        let worst = fleet["worst"][0]["seed"].to_string();
        assert!(text.contains(&worst), "{file}: {worst}");
    }
}

#[test]
fn a_fleets_result_is_as_its_schema_says() {
    let schema: Value =
        serde_json::from_str(&stdout(&loadgen(&["schema", "result"]))).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let played = loadgen(&["simulate", FLEET, "--format", "json"]);
    let mut result: Value = serde_json::from_str(&stdout(&played)).expect("JSON");
    let problems = validator
        .iter_errors(&result)
        .map(|problem| problem.to_string());
    assert_eq!(problems.collect::<Vec<_>>(), [""; 0]);
    result["fleet"]["binding"] = "weather".into();
    assert!(
        !validator.is_valid(&result),
        "what binds has names of its own"
    );
}

#[test]
fn many_runs_of_a_fleet_are_those_of_its_seeds() {
    let folder = folder("fleet/runs");
    let play = [
        "simulate",
        FLEET,
        "--seed",
        "5",
        "--runs",
        "3",
        "--figure",
        "fleet.lost.resource_manager",
        "--format",
        "json",
    ];
    let output = loadgen_in(&folder, &play);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let summary: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let lost = &summary["metrics"]["fleet.lost.resource_manager"];
    let of_seed = |seed: &str| {
        let args = ["simulate", FLEET, "--seed", seed, "--format", "json"];
        let result: Value = serde_json::from_str(&stdout(&loadgen(&args))).expect("JSON");
        result["fleet"]["lost"]["resource_manager"]
            .as_f64()
            .expect("a number")
    };
    let all = ["5", "6", "7"].map(of_seed);
    assert_eq!(lost["max"].as_f64(), all.into_iter().reduce(f64::max));
    assert_eq!(lost["min"].as_f64(), all.into_iter().reduce(f64::min));
}

//! Shards of many runs, and the merge of them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::{code, folder, loadgen, loadgen_in, stderr, stdout};

const REPORTS: [&str; 2] = ["--report", "text,markdown,html,csv"];

/// Plays the shards of so many and returns the paths of their files.
fn shards(folder: &Path, of: u32, play: &[&str]) -> Vec<String> {
    let one = |index| {
        let shard = format!("{index}/{of}");
        let args = [play, &["--shard", &shard, "--out", "shards"]].concat();
        let output = loadgen_in(folder, &args);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        format!("shards/shard-{index}-of-{of}.json")
    };
    (1..=of).map(one).collect()
}

/// What the undivided runs and the merge print and write, and with which code.
fn both(name: &str, of: u32, play: &[&str]) -> (PathBuf, i32) {
    let folder = folder(name);
    let whole = loadgen_in(&folder, &[play, &["--out", "whole"], &REPORTS].concat());
    let mut files = shards(&folder, of, play);
    files.rotate_left(1);
    files.swap(0, 1);
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let merge = [&["merge"], &files[..], &["--out", "merged"], &REPORTS].concat();
    let merged = loadgen_in(&folder, &merge);
    assert_eq!(stdout(&merged), stdout(&whole), "{}", stderr(&merged));
    assert_eq!(code(&merged), code(&whole));
    for entry in fs::read_dir(folder.join("whole")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        let read = |path: &Path| fs::read(path).expect("a file");
        let other = read(&folder.join("merged").join(name));
        assert_eq!(other, read(&path), "{}", path.display());
    }
    (folder, code(&merged))
}

#[test]
fn merged_shards_are_the_undivided_runs_byte_for_byte() {
    let sampled = [
        "simulate",
        "herd",
        "--client",
        "azure-cli",
        "--count",
        "9",
        "--runs",
        "20",
    ];
    let (folder, code) = both("shards/sampled", 6, &sampled);
    let text = fs::read_to_string(folder.join("whole/summary.json")).expect("a file");
    let summary: Value = serde_json::from_str(&text).expect("JSON");
    assert!(summary["failing"]["to_change"].is_string(), "{summary}");
    assert_eq!(code, 1, "an expectation is not met");
    let whole_results = [
        "simulate",
        "spread-jobs",
        "--no-expectations",
        "--seed",
        "77",
        "--runs",
        "5",
        "--figure",
        "peak.concurrent",
        "--figure",
        "attempt_latency_ms.refused.p99",
    ];
    assert_eq!(both("shards/results", 3, &whole_results).1, 0);
    let fleet = ["simulate", "fleet-nightly", "--seed", "3", "--runs", "4"];
    assert_eq!(both("shards/fleet", 2, &fleet).1, 0);
}

#[test]
fn a_shard_is_as_its_schema_says_and_its_file_is_the_same_when_it_is_played_again() {
    let folder = folder("shards/schema");
    let play = ["simulate", "herd", "--runs", "4", "--count", "7"];
    let path = folder.join(&shards(&folder, 2, &play)[0]);
    let text = fs::read_to_string(&path).expect("a file");
    let shard: Value = serde_json::from_str(&text).expect("JSON");
    let schema = stdout(&loadgen(&["schema", "shard"]));
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let problems: Vec<String> = (validator.iter_errors(&shard))
        .map(|problem| problem.to_string())
        .collect();
    assert_eq!(problems, [""; 0]);
    assert!(!validator.is_valid(&serde_json::json!({ "schema": 1 })));
    shards(&folder, 2, &play);
    assert_eq!(fs::read_to_string(&path).expect("a file"), text);
    let files = fs::read_dir(folder.join("shards")).expect("a folder");
    assert_eq!(files.count(), 2);
}

#[test]
fn what_is_not_all_shards_of_one_play_is_refused_with_all_that_is_wrong() {
    let folder = folder("shards/refused");
    let play = ["simulate", "herd", "--runs", "6", "--count", "3"];
    let files = shards(&folder, 3, &play);
    let merge = |files: &[&str]| {
        let output = loadgen_in(&folder, &[&["merge"], files].concat());
        assert!(stdout(&output).is_empty());
        (code(&output), stderr(&output))
    };
    let missing = merge(&[&files[0], &files[2]]);
    let told = "error: shard 2 of 3 is missing: runs 3 to 4 of 6, seeds 22 to 23\n";
    assert_eq!(missing, (2, told.to_owned()));
    let (_, twice) = merge(&[&files[0], &files[0]]);
    assert!(
        twice.contains("shard 1 of 3: expected one file, found 2"),
        "{twice}"
    );
    assert!(twice.contains("shard 3 of 3 is missing"), "{twice}");
    fs::write(folder.join("half.json"), "{\n\"schema\": 1,").expect("a file");
    let (code, told) = merge(&["half.json", "shards", &files[0]]);
    assert_eq!(code, 2);
    let either = "such as shards/shard-1-of-6.json or shards/result.json, not a folder";
    for expected in ["half.json:2:", either] {
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(merge(&["none.json"]).0, 3);
    let report = loadgen_in(&folder, &["report", &files[0]]);
    assert!(
        stderr(&report).contains("a shard of many runs"),
        "{}",
        stderr(&report)
    );
}

#[test]
fn settings_that_have_no_effect_on_a_shard_are_refused() {
    let told = |more: &[&str]| {
        let output = loadgen(&[&["simulate", "herd"], more].concat());
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        stderr(&output)
    };
    let all = told(&["--shard", "2/6", "--format", "json"]);
    for expected in ["--runs of 6 or more", "--format, --report", "--out DIR"] {
        assert!(all.contains(expected), "{all}");
    }
    assert!(told(&["--shard", "0/6"]).contains("counted from 1"));
    let plan = loadgen(&[
        "plan",
        "sessions",
        "--client",
        "azure-cli",
        "--shard",
        "1/6",
    ]);
    assert_eq!(code(&plan), 2);
    assert!(
        stderr(&plan).contains("only `simulate --runs N` has shards"),
        "{}",
        stderr(&plan)
    );
}

/// The examples of the documentation as they stand, each index with the variable that its engine sets.
#[cfg(unix)]
mod engines {
    use std::ffi::OsString;
    use std::process::{Command, Output};

    use super::*;

    const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/shards");

    /// What the examples play.
    const PLAY: [&str; 5] = ["simulate", "herd", "--no-expectations", "--runs", "600"];

    fn text(name: &str) -> String {
        fs::read_to_string(Path::new(DOCS).join(name)).expect("an example")
    }

    /// With this program in the path.
    fn sh(folder: &Path, script: &str, variable: (&str, u32)) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_imds-loadgen"));
        let mut path = OsString::from(program.parent().expect("a folder"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let (name, value) = variable;
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder);
        command.env("PATH", path).env(name, value.to_string());
        command.output().expect("a shell")
    }

    fn merged_as_undivided(folder: &Path) {
        let files = (1..=6).map(|index| format!("shards/shard-{index}-of-6.json"));
        let files: Vec<String> = files.collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let format = ["--format", "json"];
        let merged = loadgen_in(folder, &[&["merge"], &files[..], &format].concat());
        assert_eq!(code(&merged), 0, "{}", stderr(&merged));
        let whole = loadgen_in(folder, &[&PLAY[..], &format].concat());
        assert_eq!(stdout(&merged), stdout(&whole));
    }

    #[test]
    fn the_indices_of_a_job_play_the_shards() {
        let folder = folder("shards/job");
        let job = text("indexed-job.yaml");
        let mut lines = job.lines().map(str::trim);
        let command = lines.find_map(|line| line.strip_prefix("- exec "));
        let command = command.expect("a command").replace("/shards", "shards");
        assert!(job.contains("completionMode: Indexed\n") && job.contains("completions: 6\n"));
        for index in (0..6).rev() {
            let output = sh(&folder, &command, ("JOB_COMPLETION_INDEX", index));
            assert_eq!(code(&output), 0, "{}", stderr(&output));
        }
        merged_as_undivided(&folder);
    }

    #[test]
    fn the_tasks_of_an_array_play_the_shards() {
        let folder = folder("shards/slurm");
        let script = text("slurm.sh");
        assert!(script.contains("#SBATCH --array=1-6\n"));
        for index in 1..=6 {
            let output = sh(&folder, &script, ("SLURM_ARRAY_TASK_ID", index));
            assert_eq!(code(&output), 0, "{}", stderr(&output));
        }
        merged_as_undivided(&folder);
    }
}

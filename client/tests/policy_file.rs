//! The program with policies of the user's own, on a port of loopback without a listener.
#![cfg(feature = "cli")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Three attempts that end in no time.
const PATIENT: &str = "\
[policies.patient]
[[policies.patient.layers]]
max_retries = 2
rules = [{ transport = [\"any\"], delay = { fixed = \"1ms\" } }]
";

/// Runs the program with a policy file of this content.
fn with_file(content: &str, arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("a folder");
    let file: PathBuf = folder.path().join("mine.toml");
    fs::write(&file, content).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_imds-client"))
        .args(arguments)
        .args(["--policy-file", "mine.toml"])
        .current_dir(folder.path())
        .env("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
        .output()
        .expect("the program runs")
}

fn told(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

#[test]
fn the_only_policy_of_the_file_is_the_one_that_is_meant() {
    for arguments in [
        &["tenant"][..],
        &["token", "--resource", "r", "--policy", "patient"],
    ] {
        let output = with_file(PATIENT, arguments);
        assert_eq!(output.status.code(), Some(1));
        let told = told(&output);
        assert!(told.contains(" after 3 attempts "), "{told}");
        assert!(
            told.contains("policy patient has no retries left"),
            "{told}"
        );
    }
}

#[test]
fn a_preset_can_be_named_beside_the_file() {
    let output = with_file(PATIENT, &["tenant", "--policy", "no-retry"]);
    assert!(
        told(&output).contains(" after 1 attempt "),
        "{}",
        told(&output)
    );
}

#[test]
fn every_mistake_of_the_file_is_reported_with_its_line() {
    let wrong = "[policies.mine]\ndeadlin = '1m'\n[policies.yours]\nlayers = 3\n";
    for arguments in [
        &["tenant"][..],
        &["serve", "--listen", "127.0.0.1:0"],
        &["policies"],
    ] {
        let output = with_file(wrong, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        for line in [
            "\nmine.toml:2:1: policies.mine.deadlin: ",
            "\nmine.toml:4:10: policies.yours.layers: ",
        ] {
            assert!(told(&output).contains(line), "{}", told(&output));
        }
    }
}

#[test]
fn a_policy_that_is_not_there_or_not_named_exits_with_2() {
    let two = format!("{PATIENT}[policies.other]\n");
    for (content, arguments, expected) in [
        (
            PATIENT,
            &["tenant", "--policy", "nobody"][..],
            "unknown policy \"nobody\"",
        ),
        (
            &two,
            &["tenant"],
            "choose by --policy one of other, patient",
        ),
        ("", &["tenant"], "--policy-file has no [policies.NAME]"),
        (
            PATIENT,
            &["policies", "nobody"],
            "unknown policy \"nobody\"",
        ),
    ] {
        let output = with_file(content, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(told(&output).contains(expected), "{}", told(&output));
    }
}

#[test]
fn the_waits_of_a_policy_of_ones_own_are_shown() {
    let refused = PATIENT.replace("transport = [\"any\"]", "statuses = [\"429\"]");
    let output = with_file(&refused, &["policies", "patient"]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        shown.contains("without Retry-After: 0.0, 0.0 s, then gives up"),
        "{shown}"
    );
    let listed = with_file(PATIENT, &["policies"]);
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(
        listed.contains("\nOf the file\n  patient  ours\n"),
        "{listed}"
    );
}

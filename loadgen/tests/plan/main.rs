//! `imds-loadgen plan` as a user runs it.

mod numbers;
mod page;
mod policy;
mod refused;
mod remedies;
mod schedules;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// A file of a test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the tests' own folder");
    path
}

fn plan(arguments: &[&str]) -> Output {
    loadgen(&[&["plan"], arguments].concat())
}

fn loadgen(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    command.args(arguments);
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

fn answer(arguments: &[&str]) -> Value {
    let output = plan(&[arguments, &["--format", "json"]].concat());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    serde_json::from_str(text(&output.stdout)).expect("JSON")
}

fn refused(arguments: &[&str]) -> String {
    let output = plan(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    text(&output.stderr).to_owned()
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

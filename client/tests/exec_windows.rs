//! `imds-client exec` on Windows, where a command is a child.
#![cfg(all(feature = "cli", windows))]

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

/// With a folder that has `script.cmd` on the path.
fn exec(command: &[&str]) -> Output {
    let folder = TempDir::new().expect("a folder");
    let script = folder.path().join("script.cmd");
    fs::write(script, "@echo %~1\r\n@exit /b 5\r\n").expect("a script");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [folder.path().to_owned()].into_iter();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path)));
    Command::new(env!("CARGO_BIN_EXE_imds-client"))
        .args(["exec", "--at-once", "1", "--cache-dir"])
        .arg(folder.path().join("cache"))
        .arg("--")
        .args(command)
        .env("PATH", path.expect("a path"))
        .output()
        .expect("the program runs")
}

#[test]
fn a_script_is_found_without_its_ending_and_its_code_is_passed_on() {
    for name in ["script", "script.cmd"] {
        let output = exec(&[name, "two words"]);
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!((output.status.code(), told.trim()), (Some(5), "two words"));
    }
}

#[test]
fn what_is_not_there_is_code_127() {
    assert_eq!(exec(&["no-such-command"]).status.code(), Some(127));
}

//! The scenarios that come with the program, and the check of a user's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the command in a folder.
fn loadgen(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    let command = command.current_dir(folder).args(args);
    command.output().expect("the binary runs")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// A folder of this test's own, below the build folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("library")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the build folder can be written");
    folder
}

#[test]
fn a_story_is_played_by_its_name_from_anywhere() {
    let folder = folder("anywhere");
    fs::create_dir(folder.join("herd")).expect("a folder of the same name");
    let output = loadgen(&folder, &["simulate", "herd"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let replay = "imds-loadgen simulate herd --seed 20";
    assert!(stdout(&output).contains(replay), "{}", stdout(&output));
}

#[test]
fn a_file_of_that_name_comes_first() {
    let folder = folder("file");
    fs::write(folder.join("herd"), "schema = 2\n").expect("the folder can be written");
    let output = loadgen(&folder, &["simulate", "herd"]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("herd:1:10: schema"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_unknown_name_is_told_the_known_ones() {
    let folder = folder("unknown");
    for args in [&["simulate", "heard"][..], &["scenarios", "heard"]] {
        let output = loadgen(&folder, args);
        assert_ne!(code(&output), 0, "{args:?}");
        assert!(
            stderr(&output).contains("herd, retries-in-step"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn the_library_lists_and_prints_its_stories() {
    let folder = folder("lists");
    let list = stdout(&loadgen(&folder, &["scenarios"]));
    let herd = list.lines().find(|line| line.starts_with("herd "));
    let herd = herd.expect("a line of its own");
    assert!(herd.ends_with(
        "Fifty sessions ask at once, and each answer takes 100 ms: a yardstick for clients."
    ));
    let printed = stdout(&loadgen(&folder, &["scenarios", "herd"]));
    fs::write(folder.join("mine.toml"), printed).expect("the folder can be written");
    assert_eq!(
        code(&loadgen(&folder, &["scenario", "check", "mine.toml"])),
        0
    );
}

#[test]
fn a_check_tells_all_mistakes_of_all_files_and_plays_nothing() {
    let folder = folder("check");
    for (name, text) in [
        ("one.toml", "schema = 2\nname = 3\n"),
        ("two.toml", "schema = \n"),
    ] {
        fs::write(folder.join(name), text).expect("the folder can be written");
    }
    let args = ["scenario", "check", "one.toml", "herd", "two.toml"];
    let output = loadgen(&folder, &args);
    assert_eq!(code(&output), 2);
    assert_eq!(
        stdout(&output),
        "herd: right, 50 sessions in 1 group, 2 expectations\n"
    );
    for place in ["one.toml:1:10: schema", "one.toml:2:8: name", "two.toml:1:"] {
        assert!(
            stderr(&output).contains(place),
            "{place} in {}",
            stderr(&output)
        );
    }
}

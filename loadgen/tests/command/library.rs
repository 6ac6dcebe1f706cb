//! The scenarios that come with the program, and the check of a user's own.

use std::fs;

use crate::program::{code, folder, loadgen, loadgen_in, stderr, stdout};

#[test]
fn a_story_is_played_by_its_name_from_anywhere() {
    let folder = folder("library/anywhere");
    fs::create_dir(folder.join("herd")).expect("a folder of the same name");
    let output = loadgen_in(&folder, &["simulate", "herd"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let replay = "imds-loadgen simulate herd --seed 20";
    assert!(stdout(&output).contains(replay), "{}", stdout(&output));
}

#[test]
fn a_file_of_that_name_comes_first() {
    let folder = folder("library/file");
    fs::write(folder.join("herd"), "schema = 2\n").expect("the folder can be written");
    let output = loadgen_in(&folder, &["simulate", "herd"]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("herd:1:10: schema"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn an_unknown_name_is_told_what_was_probably_meant() {
    let folder = folder("library/unknown");
    for args in [&["simulate", "heard"][..], &["scenarios", "heard"]] {
        let output = loadgen_in(&folder, args);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(
            stderr(&output).contains("did you mean herd? `imds-loadgen scenarios` lists its names"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn the_library_lists_and_prints_its_stories() {
    let folder = folder("library/lists");
    let list = stdout(&loadgen_in(&folder, &["scenarios"]));
    let herd = list.lines().find(|line| line.starts_with("herd "));
    let herd = herd.expect("a line of its own");
    assert!(herd.ends_with(
        "Fifty sessions ask at once, and each answer takes 100 ms: a yardstick for clients."
    ));
    let printed = stdout(&loadgen_in(&folder, &["scenarios", "herd"]));
    fs::write(folder.join("mine.toml"), printed).expect("the folder can be written");
    assert_eq!(
        code(&loadgen_in(&folder, &["scenario", "check", "mine.toml"])),
        0
    );
}

#[test]
fn the_vm_of_a_scenario_is_a_configuration() {
    let folder = folder("library/config");
    let output = loadgen_in(&folder, &["scenarios", "config", "scheduled-jobs"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let config = imds_emulator::Config::from_toml("vm.toml", &stdout(&output));
    let config = config.expect("a configuration");
    let own = imds_emulator::Config::default();
    assert_ne!(config.vm.identities, own.vm.identities);
}

#[test]
fn a_check_tells_all_mistakes_of_all_files_and_plays_nothing() {
    let folder = folder("library/check");
    for (name, text) in [
        ("one.toml", "schema = 2\nname = 3\n"),
        ("two.toml", "schema = \n"),
    ] {
        fs::write(folder.join(name), text).expect("the folder can be written");
    }
    let args = ["scenario", "check", "one.toml", "herd", "two.toml"];
    let output = loadgen_in(&folder, &args);
    assert_eq!(code(&output), 2);
    assert_eq!(
        stdout(&output),
        "herd: OK, 50 sessions in 1 group, 2 expectations\n"
    );
    for place in ["one.toml:1:10: schema", "one.toml:2:8: name", "two.toml:1:"] {
        assert!(
            stderr(&output).contains(place),
            "{place} in {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_context_is_explained_otherwise_where_there_is_one() {
    let folder = folder("library/context");
    let story = "article-theory-default-scope";
    let args = ["simulate", story, "--context", "current"];
    let output = loadgen_in(&folder, &args);
    assert_eq!(
        code(&output),
        1,
        "by the source nobody is in the wrong context"
    );
    assert!(
        stdout(&output).contains("--context current"),
        "the replay says so"
    );
    let output = loadgen_in(&folder, &["simulate", "herd", "--context", "article"]);
    assert_eq!(code(&output), 2);
    let expected = "expected a scenario with an Azure context";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

#[test]
fn the_command_line_is_completed_with_every_command() {
    let output = loadgen(&["completions", "bash"]);
    assert_eq!((code(&output), stderr(&output)), (0, String::new()));
    let script = stdout(&output);
    for command in ["run", "simulate", "plan", "check", "completions"] {
        let name = format!("imds__subcmd__loadgen__subcmd__{command}");
        assert!(script.contains(&name), "{command}");
    }
}

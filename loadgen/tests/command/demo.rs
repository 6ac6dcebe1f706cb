//! The demo: the story told from its figures, its reports, and whose folder it leaves alone.

use std::fs;

use crate::program::{code, folder, loadgen_in, stderr, stdout};

#[test]
fn the_story_comes_out_as_told_and_its_reports_are_where_it_says() {
    let folder = folder("demo/told");
    let output = loadgen_in(&folder, &["demo", "--simulate", "--out", "shown"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let told = stdout(&output);
    for part in [
        "30 Azure CLI jobs start at once: 5 get a token, 25 fail",
        "each behind `imds-client exec --at-once 5 --rate 19/s`: 30 succeed, and no request is refused",
        "ask `imds-client serve`, to which a variable of their environment leads them: 30 succeed, and one request is sent to IMDS",
        "30 succeed, and the last token comes after ",
        "a job every fifth of a second: 30 succeed, and no request is refused",
        "all expectations met",
        "with -Scope Process 2 to 5 fail",
        "    Start each job by `imds-client exec --at-once 5 --rate 19/s`: 30 of 30 sessions succeed",
        "    for your own jobs: imds-loadgen remedies mine.toml",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_eq!(told.matches("file://").count(), 7, "{told}");
    assert!(folder.join("shown/remedies.html").is_file(), "{told}");
    for scenario in told
        .lines()
        .filter_map(|line| line.strip_prefix("    imds-loadgen "))
    {
        let arguments: Vec<&str> = scenario.split(' ').collect();
        let output = loadgen_in(&folder, &arguments);
        assert_eq!(code(&output), 0, "{scenario}: {}", stderr(&output));
    }
    let index = fs::read_to_string(folder.join("shown/index.html")).expect("a page");
    assert!(index.contains("href=\"remedies.html\""), "{index}");
    for act in ["herd", "gate", "broker", "retry", "spread"] {
        assert!(
            index.contains(&format!("href=\"{act}/report.html\"")),
            "{act}"
        );
        for file in ["report.html", "result.json"] {
            assert!(
                folder.join("shown").join(act).join(file).is_file(),
                "{act}/{file}"
            );
        }
    }
}

#[test]
fn a_folder_with_something_in_it_and_a_file_are_left_as_they_are() {
    let folder = folder("demo/full");
    fs::write(folder.join("mine.txt"), "mine").expect("the folder can be written");
    for out in [".", "mine.txt"] {
        let output = loadgen_in(&folder, &["demo", "--simulate", "--out", out]);
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        let expected =
            format!("expected a folder that is empty or not there yet, and {out} is neither");
        assert!(stderr(&output).contains(&expected), "{}", stderr(&output));
    }
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1);
    let kept = fs::read_to_string(folder.join("mine.txt"));
    assert_eq!(kept.expect("the file"), "mine");
}

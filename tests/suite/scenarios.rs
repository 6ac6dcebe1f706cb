//! Every scenario in `scenarios/` says what it shows, and holds in virtual time.

use std::num::NonZero;
use std::thread;

use imds_tests::scenario::{Scenario, loadgen};
use imds_tests::stories::{assert_passed, stories};
use toml::Table;

#[test]
fn each_says_first_what_it_shows_and_expects_something() {
    for (name, text) in stories() {
        let comment: Vec<&str> = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .collect();
        assert!(
            comment.iter().any(|line| line.starts_with("# Shows:")),
            "{name}"
        );
        let done = loadgen(["scenario", "check", &name]);
        assert_eq!(done.code, 0, "{}", done.stderr);
        let table: Table = text.parse().expect("TOML");
        let called = table["name"].as_str();
        assert_eq!(called, Some(&*name), "the file is called as the scenario");
        let expected = table["expect"].as_table().expect("expectations");
        assert!(!expected.is_empty(), "{name}");
    }
}

/// The expectations of a scenario hold with other seeds, too.
#[test]
fn each_holds_simulated_with_many_seeds() {
    let stories = stories();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for part in stories.chunks(stories.len().div_ceil(cores)) {
            scope.spawn(|| part.iter().for_each(|(name, text)| holds(name, text)));
        }
    });
}

fn holds(name: &str, text: &str) {
    let scenario = Scenario::new(text);
    let runs = scenario.simulated(&["--runs", "50"]);
    assert_eq!(runs.count("runs"), 50);
    assert_passed(name, &runs);
}

//! Every story in `scenarios/` says what it shows, and holds in virtual time.

use std::num::NonZero;
use std::thread;

use imds_loadgen::scenario::library;
use imds_tests::play::{scenario, simulated};
use imds_tests::stories::{assert_passed, stories};
use imds_tests::tree;

#[test]
fn each_is_in_the_library_of_the_program() {
    let known = library::STORIES.map(|story| (story.name.to_owned(), story.text.to_owned()));
    assert_eq!(known.to_vec(), stories());
}

#[test]
fn each_recording_is_in_the_program_too() {
    let known = library::RECORDINGS.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let files = tree::files("scenarios", ".csv").into_iter();
    let recordings = files.map(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        (name.into_owned(), tree::read(&path))
    });
    assert_eq!(known.to_vec(), recordings.collect::<Vec<_>>());
}

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
        let scenario = scenario(&text);
        assert_eq!(scenario.name, name, "the file is called as the scenario");
        assert!(!scenario.expectations.is_empty(), "{name}");
    }
}

/// A story holds by what it tells, not by luck: with other seeds too.
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
    for run in scenario(text).runs(50) {
        let seed = run.seed;
        assert_passed(&format!("{name}, seed {seed}"), &simulated(&run));
    }
}

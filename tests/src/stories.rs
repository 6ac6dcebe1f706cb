//! The scenarios in `scenarios/`.

use crate::scenario::Document;
use crate::tree;

/// Name and text of every scenario.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn stories() -> Vec<(String, String)> {
    let files = tree::files("scenarios", ".toml").into_iter();
    let stories = files.map(|path| {
        let name = path.file_stem().expect("a name").to_string_lossy();
        (name.into_owned(), tree::read(&path))
    });
    stories.collect()
}

/// That every expectation is met.
///
/// # Panics
/// If one is not; the message names it.
pub fn assert_passed(name: &str, result: &Document) {
    let judgements = result.list("expectations").iter();
    let unmet: Vec<_> = judgements
        .filter(|judgement| judgement["met"] != true)
        .collect();
    assert_eq!(result.at("verdict"), "passed", "{name}: {unmet:#?}");
}

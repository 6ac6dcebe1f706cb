use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Name and text of the files in `scenarios/` with this extension, in order.
fn files(extension: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let entries = fs::read_dir(folder).expect("the scenarios");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|it| it == extension));
    let mut files: Vec<_> = paths
        .map(|path| {
            let text = fs::read_to_string(&path).expect("text");
            (path, text)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn each_is_in_the_library_of_the_program() {
    let known = SCENARIOS.map(|entry| (entry.name.to_owned(), entry.text.to_owned()));
    let files = files("toml").into_iter().map(|(path, text)| {
        let name = path.file_stem().expect("a name").to_string_lossy();
        (name.into_owned(), text)
    });
    assert_eq!(known.to_vec(), files.collect::<Vec<_>>());
}

#[test]
fn each_recording_is_in_the_program_too() {
    let known = RECORDINGS.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let files = files("csv").into_iter().map(|(path, text)| {
        let name = path.file_name().expect("a name").to_string_lossy();
        (name.into_owned(), text)
    });
    assert_eq!(known.to_vec(), files.collect::<Vec<_>>());
}

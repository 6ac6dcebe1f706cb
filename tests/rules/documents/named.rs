//! The paths that a document names.

use crate::workspace::extension;

/// A path as a document names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) path: String,
    /// Whether it is the target of a link, which leads from the folder of the document.
    pub(crate) is_link: bool,
}

/// The folders of the root that paths begin with.
const ROOTS: [&str; 7] = [
    ".ci",
    "client",
    "docs",
    "emulator",
    "loadgen",
    "scenarios",
    "tests",
];

/// The paths that a file names: all of a document and of the scripts of CI, those in comments of others.
pub(crate) fn paths(file: &str, text: &str) -> Vec<Named> {
    let lines = text.lines().enumerate();
    let told = lines.filter_map(|(index, line)| Some((index + 1, prose(file, line)?)));
    told.flat_map(|(line, prose)| {
        let named = |path: &str, is_link| Named {
            line,
            path: path.to_owned(),
            is_link,
        };
        let targets = links(file, prose).into_iter().map(|path| named(path, true));
        let words = words(prose).into_iter().map(|path| named(path, false));
        targets.chain(words).collect::<Vec<_>>()
    })
    .collect()
}

/// What a line of a file says to its readers.
fn prose<'a>(file: &str, line: &'a str) -> Option<&'a str> {
    match extension(file) {
        _ if file.starts_with(".ci/") => Some(line),
        Some("md") => Some(line),
        Some("rs") => line.trim_start().strip_prefix("//"),
        Some("toml" | "py" | "yml") | None => line.trim_start().strip_prefix('#'),
        Some(_) => None,
    }
}

/// The targets of a document's links within the workspace.
fn links<'a>(file: &str, prose: &'a str) -> Vec<&'a str> {
    if extension(file) != Some("md") {
        return vec![];
    }
    let targets = prose.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split([')', '#']).next());
    targets
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

/// The words that look like paths of the workspace.
fn words(prose: &str) -> Vec<&str> {
    let words = prose
        .split(|letter: char| !is_of_path(letter))
        .flat_map(outside_braces);
    let words = words.map(|word| word.trim_end_matches(['.', ',']));
    words.filter(|word| is_path(word)).collect()
}

fn is_of_path(letter: char) -> bool {
    letter.is_alphanumeric() || "_-./*{},…$:~@".contains(letter)
}

/// The parts between commas: those within braces part nothing.
fn outside_braces(word: &str) -> Vec<&str> {
    if word.contains('{') {
        vec![word]
    } else {
        word.split(',').collect()
    }
}

/// Whether it begins with a folder of the root, or is the name of a Rust file or of a folder.
fn is_path(word: &str) -> bool {
    let foreign =
        word.contains(['$', ':', '~', '@']) || word.starts_with('/') || word.contains("//");
    let of_root = ROOTS.iter().any(|root| {
        let rest = word.strip_prefix(root);
        rest.is_some_and(|rest| rest.starts_with('/'))
    });
    let name = word.strip_suffix(".rs").or_else(|| word.strip_suffix('/'));
    let is_name =
        name.is_some_and(|name| name.ends_with(|last: char| last.is_alphanumeric() || last == '}'));
    !foreign && (of_root || is_name)
}

//! Each decision has a number of its own, by which other places name it.

use std::collections::BTreeMap;

use crate::violation::Violation;
use crate::workspace::Workspace;

const RULE: &str = "numbers of decisions";

/// The decisions of a document whose number is that of another one before it.
fn violations(workspace: &Workspace) -> Vec<Violation> {
    let texts = workspace.texts.iter();
    let documents = texts.filter(|(file, _)| file.starts_with("docs/decisions/"));
    documents
        .flat_map(|(file, text)| doubles(file, text))
        .collect()
}

fn doubles(file: &str, text: &str) -> Vec<Violation> {
    let mut first = BTreeMap::new();
    let mut found = Vec::new();
    for (line, number) in numbers(text) {
        if let Some(before) = first.insert(number, line) {
            found.push(Violation {
                file: file.to_owned(),
                line,
                rule: RULE,
                found: format!("{number} is the decision of line {before} already"),
                instead: "give it the next free number, here and in the index".to_owned(),
            });
        }
    }
    found
}

/// The number of each heading of a decision, as `E12` of `### E12. Journal: …`, with its line.
fn numbers(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let headings = text.lines().enumerate();
    let headings = headings.filter_map(|(at, line)| Some((at + 1, line.strip_prefix("### ")?)));
    headings.filter_map(|(line, title)| Some((line, title.split_once(". ")?.0)))
}

mod tests {
    use super::*;
    use crate::violation::none;

    #[test]
    fn decisions_have_numbers_of_their_own() {
        none(violations(Workspace::here()));
    }

    #[test]
    fn a_number_that_is_given_twice_is_found() {
        let text = "### E1. One\n\n### E2. Two\n\n### E1. Three\n";
        let file = "docs/decisions/planted.md";
        let found = violations(&Workspace::of(&[(file, text), ("docs/other.md", text)]));
        let places: Vec<_> = found
            .iter()
            .map(|found| (found.file.as_str(), found.line))
            .collect();
        assert_eq!(places, [(file, 5)]);
    }
}

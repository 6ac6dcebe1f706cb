//! What holds of every reader of TOML documents: an error has a place in the document, and a comment changes nothing.

/// A comment of one line, which moves all places by a line.
const COMMENT: &str = "# moved by a line\n";

/// The same document a line further down. None if it begins with a byte order mark, which has to stay in front.
#[must_use]
pub fn moved(text: &str) -> Option<String> {
    (!text.starts_with('\u{feff}')).then(|| format!("{COMMENT}{text}"))
}

/// The place at the start of one line of an error, `NAME:LINE:COLUMN: message`.
///
/// # Panics
/// If the line does not begin so, or has no message.
#[must_use]
pub fn told_place(name: &str, error: &str) -> (usize, usize) {
    let place = error
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix(':'));
    let mut parts = place.unwrap_or_default().splitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let (Some(line), Some(column)) = (number(), number()) else {
        panic!("an error without a place: {error:?}");
    };
    let message = parts.next().unwrap_or_default();
    assert!(!message.trim().is_empty(), "nothing is said: {error:?}");
    (line, column)
}

/// The same, of which the column is a character of the text.
///
/// # Panics
/// If there is no such place, or it is not within the text.
#[must_use]
pub fn place(name: &str, text: &str, error: &str) -> (usize, usize) {
    let (line, column) = told_place(name, error);
    let lines = text.split('\n').count();
    assert!(
        (1..=lines).contains(&line),
        "line {line} of {lines}: {error:?}"
    );
    let characters = text
        .split('\n')
        .nth(line - 1)
        .map_or(0, |line| line.chars().count());
    assert!(
        (1..=characters + 1).contains(&column),
        "column {column} of {characters}: {error:?}"
    );
    (line, column)
}

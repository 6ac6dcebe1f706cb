//! What is wrong with a document, and where.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The key's path from the root (`limits.identity.rate`), empty for the document itself.
    pub path: String,
    /// What was expected, or what was found instead.
    pub message: String,
}

/// Everything that is wrong with one document, sorted by place.
///
/// Displayed as one line each: `file:line:column: path: message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    name: String,
    list: Vec<Problem>,
}

impl Problems {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems in the order of their places.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.list.iter()
    }

    /// These and those of another reading of the same document.
    #[must_use]
    pub fn and(mut self, others: Problems) -> Problems {
        self.list.extend(others.list);
        self.list.sort();
        self.list.dedup();
        self
    }

    /// Leaves out what is also reported for the same path at the root: a table that inherits a wrong
    /// setting is not wrong itself. `list` is the name of an array of such tables.
    pub(crate) fn without_echoes(mut self, list: &str) -> Problems {
        let told = |problem: &Problem| (problem.path.clone(), problem.message.clone());
        let told: BTreeSet<_> = self.list.iter().map(told).collect();
        self.list.retain(|problem| {
            let inherited = inner_path(&problem.path, list);
            let echo = inherited.map(|path| (path.to_owned(), problem.message.clone()));
            !echo.is_some_and(|echo| told.contains(&echo))
        });
        self
    }

    /// With paths that begin at `table`, for problems of a table that stood alone.
    pub(crate) fn beneath(mut self, table: &str) -> Problems {
        for problem in &mut self.list {
            let rest = problem.path.strip_prefix(table);
            let rest = rest.map(|rest| rest.trim_start_matches('.').to_owned());
            problem.path = rest.unwrap_or_default();
        }
        self
    }
}

/// The path within an item of the array, if it is one there.
fn inner_path<'a>(path: &'a str, list: &str) -> Option<&'a str> {
    let (_, inner) = path
        .strip_prefix(list)?
        .strip_prefix('[')?
        .split_once("].")?;
    Some(inner)
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{problem}", self.name)?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

/// The document a reading is about, and what was noted on the way.
pub(super) struct Log {
    name: String,
    text: String,
    noted: RefCell<Vec<Noted>>,
}

/// A problem at a place in the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Noted {
    offset: usize,
    path: String,
    message: String,
}

impl Log {
    pub(super) fn new(name: &str, text: &str) -> Log {
        Log {
            name: name.to_owned(),
            text: text.to_owned(),
            noted: RefCell::default(),
        }
    }

    /// What the document is called.
    pub(super) fn document(&self) -> &str {
        &self.name
    }

    pub(super) fn note(&self, place: Range<usize>, path: &str, message: impl fmt::Display) {
        self.noted.borrow_mut().push(Noted {
            offset: place.start,
            path: path.to_owned(),
            message: message.to_string(),
        });
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.noted.borrow().is_empty()
    }

    /// All there are. The text is gone through once, however many they are and however long its lines.
    pub(super) fn problems(&self) -> Problems {
        let mut noted = self.noted.borrow().clone();
        noted.sort();
        noted.dedup();
        let mut place = Place::START;
        let problem = |noted: Noted| {
            place.advance(&self.text, noted.offset);
            Problem {
                line: place.line,
                column: place.column,
                path: noted.path,
                message: noted.message,
            }
        };
        Problems {
            name: self.name.clone(),
            list: noted.into_iter().map(problem).collect(),
        }
    }
}

/// A place in a text.
struct Place {
    /// In bytes.
    offset: usize,
    /// From 1.
    line: usize,
    /// In characters, from 1.
    column: usize,
}

impl Place {
    const START: Place = Place {
        offset: 0,
        line: 1,
        column: 1,
    };

    /// Goes on to this offset, or to the end of the text.
    fn advance(&mut self, text: &str, offset: usize) {
        let offset = text.floor_char_boundary(offset);
        let passed = &text[self.offset..offset];
        let (lines, last) = match passed.rsplit_once('\n') {
            None => (0, passed),
            Some((before, last)) => (before.matches('\n').count() + 1, last),
        };
        self.line += lines;
        let column = if lines == 0 { self.column } else { 1 };
        self.column = column + last.chars().count();
        self.offset = offset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positions(text: &str, offsets: &[usize]) -> Vec<(usize, usize)> {
        let log = Log::new("c", text);
        for offset in offsets {
            log.note(*offset..*offset, "", offset);
        }
        let problems = log.problems();
        problems.iter().map(|it| (it.line, it.column)).collect()
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(positions("a\n\u{e9}\u{e9}x", &[6]), [(2, 3)]);
        assert_eq!(positions("", &[0]), [(1, 1)]);
        assert_eq!(positions("ab\n", &[99]), [(2, 1)]);
    }

    #[test]
    fn problems_have_their_places_in_whatever_order_they_are_noted() {
        let found = positions("ab\n\n\u{e9}d\nx", &[8, 0, 6, 3, 1, 5]);
        let expected = [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2), (4, 1)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_hundred_thousand_problems_in_one_line_are_placed_at_once() {
        let offsets: Vec<usize> = (0..100_000).map(|number| 10 * number).collect();
        let found = positions(&"x".repeat(1_000_000), &offsets);
        assert_eq!(found.last(), Some(&(1, 999_991)));
    }
}

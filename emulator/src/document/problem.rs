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
    /// Where each line begins, in bytes: a long document may have a problem in every line.
    lines: Vec<usize>,
    noted: RefCell<Vec<Problem>>,
}

impl Log {
    pub(super) fn new(name: &str, text: &str) -> Log {
        let next_lines = text.match_indices('\n').map(|(newline, _)| newline + 1);
        Log {
            name: name.to_owned(),
            text: text.to_owned(),
            lines: std::iter::once(0).chain(next_lines).collect(),
            noted: RefCell::default(),
        }
    }

    /// What the document is called.
    pub(super) fn document(&self) -> &str {
        &self.name
    }

    pub(super) fn note(&self, place: Range<usize>, path: &str, message: impl fmt::Display) {
        let (line, column) = self.position(place.start);
        self.noted.borrow_mut().push(Problem {
            line,
            column,
            path: path.to_owned(),
            message: message.to_string(),
        });
    }

    pub(super) fn problems(&self) -> Problems {
        let mut list = self.noted.borrow().clone();
        list.sort();
        list.dedup();
        Problems {
            name: self.name.clone(),
            list,
        }
    }

    /// Line and column, from 1, of a byte offset.
    fn position(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|&start| start <= offset);
        let before = &self.text[self.lines[line - 1]..offset];
        (line, before.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_not_bytes() {
        let position = |text, offset| Log::new("c", text).position(offset);
        assert_eq!(position("a\n\u{e9}\u{e9}x", 6), (2, 3));
        assert_eq!(position("", 0), (1, 1));
        assert_eq!(position("ab\n", 99), (2, 1));
    }
}

//! Where something stands in a file, and what is wrong with it.

use std::fmt;
use std::sync::Arc;

/// The name of a file.
pub(crate) type Source = Arc<str>;

/// The name of a file as places share it.
pub(crate) fn source(name: &str) -> Source {
    Arc::from(name)
}

/// A place in a file. Lines and columns (characters) are counted from one on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub file: Source,
    pub line: usize,
    pub column: usize,
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mistake {
    pub place: Place,
    pub expected: String,
}

impl Place {
    pub(crate) fn new(file: &Source, line: usize, column: usize) -> Self {
        let file = Arc::clone(file);
        Self { file, line, column }
    }

    /// The same without the column.
    pub(crate) fn line(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    pub(crate) fn mistake(self, expected: impl Into<String>) -> Mistake {
        let expected = expected.into();
        Mistake {
            place: self,
            expected,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.expected)
    }
}

//! What a rendering is written for.

use std::borrow::Cow;
use std::path::Path;

use imds_emulator::document::visible::visible;

/// What reads a rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A person, whose terminal, pager or browser the text of others must not control. JSON is shown so too: it stays the same
    /// document.
    Person,
    /// A program, by the format's own rules for each character: CSV, and XML of `JUnit`.
    Program,
}

impl Reader {
    /// What reads a file of this name.
    pub(crate) fn of_file(name: &str) -> Self {
        let ending = Path::new(name).extension();
        if ending.is_some_and(|ending| ending == "csv" || ending == "xml") {
            Self::Program
        } else {
            Self::Person
        }
    }

    /// The text as it is written to a file or a pipe.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Person => visible(text),
            Self::Program => Cow::Borrowed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_reads_text_of_others_as_it_is_and_a_person_sees_controls() {
        let text = "a\u{1b}[2J\u{202e}b";
        for name in ["sessions.csv", "junit.xml"] {
            assert_eq!(Reader::of_file(name).text(text), text, "{name}");
        }
        for name in ["report.txt", "summary.md", "report.html", "result.json"] {
            let shown = Reader::of_file(name).text(text);
            assert_eq!(shown, "a\\u001b[2J\\u202eb", "{name}");
        }
    }
}

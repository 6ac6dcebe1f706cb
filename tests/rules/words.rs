//! Sentences of comments and messages have a subject that is a thing: none begins with a "Who" that asks
//! nothing, as in "Who asks again gets both".

use crate::packages::SOURCES;
use crate::violation::Violation;
use crate::workspace::Workspace;

const RULE: &str = "subjects of sentences";

/// Words that begin such a sentence.
const FREE: [&str; 2] = ["Who", "Whoever"];

/// A comment, or a string literal.
struct Prose {
    /// Where it begins.
    line: usize,
    text: String,
}

/// The sentences of the packages' sources that begin so and are no questions.
fn violations(workspace: &Workspace) -> Vec<Violation> {
    let texts = workspace.sources(&SOURCES);
    let prose = texts.flat_map(|(path, source)| {
        let comments = comments(&workspace.texts[path]);
        let strings = source.strings.iter().map(|string| Prose {
            line: string.line,
            text: string.what.clone(),
        });
        comments
            .into_iter()
            .chain(strings)
            .map(move |prose| (path, prose))
    });
    prose.flat_map(|(path, prose)| free(path, &prose)).collect()
}

/// Comments that have lines of their own; those that follow each other are one.
fn comments(text: &str) -> Vec<Prose> {
    let mut comments: Vec<Prose> = Vec::new();
    let mut goes_on = false;
    for (index, line) in text.lines().enumerate() {
        let comment = line.trim_start().strip_prefix("//");
        let comment = comment.map(|comment| comment.trim_start_matches(['/', '!']).trim_start());
        match (comment, comments.last_mut()) {
            (Some(comment), Some(last)) if goes_on => last.text.extend(["\n", comment]),
            (Some(comment), _) => comments.push(Prose {
                line: index + 1,
                text: comment.to_owned(),
            }),
            (None, _) => {}
        }
        goes_on = comment.is_some();
    }
    comments
}

fn free(path: &str, prose: &Prose) -> Vec<Violation> {
    let text = prose.text.as_str();
    let places = FREE.iter().flat_map(|word| text.match_indices(word));
    let begins = places.filter(|(at, word)| {
        let after = &text[at + word.len()..];
        after.starts_with(char::is_whitespace)
            && begins_sentence(&text[..*at])
            && !is_question(after)
    });
    let violation = |(at, word): (usize, &str)| Violation {
        file: path.to_owned(),
        line: prose.line + text[..at].matches('\n').count(),
        rule: RULE,
        found: format!("a sentence begins with \"{word}\""),
        instead: "name the thing that does it: a client, a request, a session".to_owned(),
    };
    begins.map(violation).collect()
}

/// Whether a sentence begins after that text.
fn begins_sentence(before: &str) -> bool {
    let before = before
        .trim_end_matches(|letter: char| letter.is_whitespace() || "-*#>\"(".contains(letter));
    before.is_empty() || before.ends_with(['.', '!', '?', ':', ';'])
}

/// Whether the first sentence of a text ends with a question mark.
fn is_question(text: &str) -> bool {
    let is_end = |at: usize| {
        text[at + 1..]
            .chars()
            .next()
            .is_none_or(|next| next.is_whitespace() || next == '"')
    };
    let mut ends = text.match_indices(['.', '!', '?']);
    ends.find(|(at, _)| is_end(*at))
        .is_some_and(|(_, end)| end == "?")
}

mod tests {
    use super::violations;
    use crate::violation::{lines, none};
    use crate::workspace::Workspace;

    #[test]
    fn sentences_have_subjects() {
        none(violations(Workspace::here()));
    }

    #[test]
    fn a_free_who_is_found_in_comments_and_messages() {
        let text = "//! Who asks again gets both.\n\
            /// A queue. Whoever\n/// comes last waits.\n\
            fn f() {\n    // First in, first out: Who\n    // waits is next.\n\
            g(\"Whoever has it, keeps it\"); }";
        let found = violations(&Workspace::of(&[("client/src/pace.rs", text)]));
        assert_eq!(
            lines(&found),
            [1, 2, 5, 7].map(|line| format!("client/src/pace.rs:{line}"))
        );
    }

    #[test]
    fn questions_and_clauses_are_innocent() {
        let text = "//! Who is next? The longest waiting. A client who waits knows\n//! Who said so.\n\
            /// \"Who goes there?\" is asked. The WHO.\nfn f() { g(\"See: Whose it is\") }";
        let found = violations(&Workspace::of(&[
            ("client/src/pace.rs", text),
            ("tests/src/lib.rs", "//! Who asks."),
        ]));
        assert_eq!(found, []);
    }
}

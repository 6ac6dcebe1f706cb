//! Text of others that is shown: on a terminal, in a log, in a report.

use std::borrow::Cow;
use std::fmt::Write;

/// The text, in which each character that would control a terminal or the direction of the text stands as `\u001b` does for
/// an escape. Ends of lines and tabs stay. In a string of JSON it is the same character.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let ends_line = character == '\r' && rest.peek() == Some(&'\n');
        if is_control(character) && !ends_line {
            let number = u32::from(character);
            write!(shown, "\\u{number:04x}").expect("a string takes it all");
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether a name has characters that are not seen where it is shown: those, ends of lines and tabs.
#[must_use]
pub fn is_printable(name: &str) -> bool {
    !name.chars().any(|it| it.is_control() || is_control(it))
}

/// Unicode's controls but ends of lines and tabs, its separators of lines, and its controls of direction (UAX 9).
fn is_control(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_or_the_direction_is_seen_and_all_else_stays() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c"), "a\\u001b[2Jb\\u009bc");
        assert_eq!(visible("\u{202e}abc\u{2066}"), "\\u202eabc\\u2066");
        assert_eq!(visible("a\rb\r\nc\u{7f}"), "a\\u000db\r\nc\\u007f");
        let plain = "gr\u{f6}\u{df}e \u{5d0}\u{5d1} \u{1f980}\n\tb";
        assert!(matches!(visible(plain), Cow::Borrowed(same) if same == plain));
    }

    #[test]
    fn in_json_it_is_the_same_text() {
        let text = "a\u{202e}b\u{7f}c\u{9b}";
        let json = serde_json::to_string(text).expect("JSON");
        let read: String = serde_json::from_str(&visible(&json)).expect("JSON");
        assert_eq!(read, text);
    }

    #[test]
    fn a_name_is_printable_without_any_of_them() {
        assert!(is_printable("n\u{e4}me 1"));
        for name in ["a\nb", "a\tb", "\u{1b}", "a\u{202e}b", "\u{200f}"] {
            assert!(!is_printable(name), "{name:?}");
        }
    }
}

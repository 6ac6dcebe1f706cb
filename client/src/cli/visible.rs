//! Text of others, such as an error of IMDS, on a terminal.

use std::fmt::Write;

/// The text, in which each character that would control a terminal or the direction of the text stands as `\u001b` does for
/// an escape. Ends of lines and tabs stay. In a string of JSON it is the same character.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
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
    shown
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
    use super::visible;

    #[test]
    fn what_controls_a_terminal_or_the_direction_is_seen_and_all_else_stays() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c"), "a\\u001b[2Jb\\u009bc");
        assert_eq!(visible("\u{202e}abc"), "\\u202eabc");
        assert_eq!(visible("a\rb\r\nc"), "a\\u000db\r\nc");
        let plain = "gr\u{f6}\u{df}e \u{5d0}\u{5d1}\n\tb";
        assert_eq!(visible(plain), plain);
    }
}

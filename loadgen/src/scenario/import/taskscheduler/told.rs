//! How texts of a file are told.

/// The longest part of a text that is told of it, in characters.
const LONGEST_TOLD: usize = 100;

/// A text of the file, in one line.
pub(super) fn told(text: &str) -> String {
    let begun: String = text.chars().take(LONGEST_TOLD).collect();
    let more = if begun.len() < text.len() { "…" } else { "" };
    let shown = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    begun.chars().map(shown).collect::<String>() + more
}

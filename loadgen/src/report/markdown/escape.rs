//! Names in tables of Markdown.

/// A name within a table's cell.
pub(super) fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

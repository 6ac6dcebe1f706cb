//! A configuration file as text.

use std::path::Path;

use crate::exit::Failure;

/// The whole of it; what is not UTF-8 is named with its place.
pub(crate) fn read(file: &Path) -> Result<String, Failure> {
    let name = || file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| Failure::Unreadable(name(), error))?;
    String::from_utf8(bytes).map_err(|error| {
        let right = error.utf8_error().valid_up_to();
        let (line, column) = place_after(&error.as_bytes()[..right]);
        Failure::NotText(name(), line, column)
    })
}

/// Line and column, from 1, of what follows.
fn place_after(bytes: &[u8]) -> (usize, usize) {
    let text = String::from_utf8_lossy(bytes);
    let line = text.rsplit('\n').next().unwrap_or_default();
    (text.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_lines_and_characters() {
        assert_eq!(place_after(b""), (1, 1));
        assert_eq!(place_after("a\n\u{e9}x".as_bytes()), (2, 3));
    }
}

//! A configuration file as text.

use std::io::{self, Read};
use std::path::Path;

use crate::cli::exit::Failure;

/// What stands for standard input.
const STDIN: &str = "-";

/// Whether that means standard input, which can be read once only.
pub(crate) fn is_stdin(file: &Path) -> bool {
    file == Path::new(STDIN)
}

/// What a file is called in messages.
pub(crate) fn name(file: &Path) -> String {
    if is_stdin(file) {
        "<stdin>".to_owned()
    } else {
        file.display().to_string()
    }
}

/// The whole of it; what is not UTF-8 is named with its place.
pub(crate) fn read(file: &Path) -> Result<String, Failure> {
    let bytes = bytes(file).map_err(|error| Failure::Unreadable(name(file), error))?;
    String::from_utf8(bytes).map_err(|error| {
        let right = error.utf8_error().valid_up_to();
        let (line, column) = place_after(&error.as_bytes()[..right]);
        Failure::NotText(name(file), line, column)
    })
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    if !is_stdin(file) {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
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

//! A configuration file as text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::exit::Failure;

/// What stands for standard input.
const STDIN: &str = "-";

/// The longest file, in bytes (assumed: more than is written by hand or generated).
const LONGEST: u64 = 64 << 20;

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
    if is_stdin(file) {
        return bounded(io::stdin().lock());
    }
    if is_named_pipe(file)? {
        return Err(io::Error::other("expected a file; this is a named pipe"));
    }
    bounded(File::open(file)?)
}

fn bounded(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        let most = LONGEST >> 20;
        return Err(io::Error::other(format!("expected at most {most} MiB")));
    }
    Ok(bytes)
}

/// It may have no writer, and then would be waited for. Not the pipes of a shell, `<(command)`, which are open: their
/// names are of descriptors.
#[cfg(unix)]
fn is_named_pipe(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::FileTypeExt;
    let is_open = ["/dev/fd", "/proc", "/dev/stdin"];
    let is_open = is_open.iter().any(|folder| path.starts_with(folder));
    Ok(!is_open && std::fs::metadata(path)?.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_named_pipe(_path: &Path) -> io::Result<bool> {
    Ok(false)
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

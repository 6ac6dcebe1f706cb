//! Files that a user names, read whole as text, of a bounded length: `/dev/zero` has no end, and a pipe without a
//! writer no beginning.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// The longest file of settings, in bytes (assumed: more than is written by hand or recorded).
pub const LONGEST: u64 = 64 << 20;

/// The text of the file, which has so many bytes at most.
///
/// # Errors
/// If it is longer, a pipe with a name, not UTF-8, or cannot be read.
pub fn read(path: &Path, longest: u64) -> io::Result<String> {
    String::from_utf8(bytes(path, longest)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "expected UTF-8"))
}

/// The same, whatever its encoding is.
///
/// # Errors
/// If it is longer, a pipe with a name, or cannot be read.
pub fn bytes(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    if is_named_pipe(path)? {
        return Err(io::Error::other("expected a file; this is a named pipe"));
    }
    let mut content = Vec::new();
    let mut file = File::open(path)?.take(longest + 1);
    file.read_to_end(&mut content)?;
    if content.len() as u64 > longest {
        let most = longest >> 20;
        return Err(io::Error::other(format!("expected at most {most} MiB")));
    }
    Ok(content)
}

/// Not those of a shell, `<(command)`, which are open: their names are of descriptors.
#[cfg(unix)]
fn is_named_pipe(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::FileTypeExt;
    let is_open = ["/dev/fd", "/proc", "/dev/stdin"];
    let is_open = is_open.iter().any(|folder| path.starts_with(folder));
    Ok(!is_open && fs::metadata(path)?.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_named_pipe(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_file_without_end_and_a_pipe_without_a_writer_are_errors() {
        let endless = read(Path::new("/dev/zero"), 1 << 20).expect_err("it has no end");
        assert_eq!(endless.to_string(), "expected at most 1 MiB");
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        let pipe = read(&pipe, 1).expect_err("it has no writer");
        assert_eq!(pipe.to_string(), "expected a file; this is a named pipe");
        let right = folder.path().join("right");
        fs::write(&right, "text").expect("a file");
        assert_eq!(read(&right, 4).expect("short enough"), "text");
    }
}

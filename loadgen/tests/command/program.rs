//! The built program, and what its tests read of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) fn loadgen(args: &[&str]) -> Output {
    loadgen_in(Path::new("."), args)
}

/// Runs it in a folder.
pub(crate) fn loadgen_in(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imds-loadgen"));
    let command = command.current_dir(folder).args(args);
    command.output().expect("the binary runs")
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().expect("not ended by a signal")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// A folder of a test's own, below the build folder; no other test takes that name.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the build folder can be written");
    folder
}

/// Ends a test that the system does not let run: visible, and a failure in CI, where it has to run.
#[cfg(target_os = "linux")]
pub(crate) fn skipped(reason: &str) {
    use std::io::Write;

    let is_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!is_ci, "cannot be skipped in CI: {reason}");
    // Not captured, as what the test prints is.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

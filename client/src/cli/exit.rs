//! The exit codes. The first four are the same in all programs of this workspace.

/// What was asked for was printed.
pub(super) const SUCCESS: u8 = 0;
/// The service did not return what was asked for.
pub(super) const NO_ANSWER: u8 = 1;
/// The command line is wrong.
pub(super) const USAGE: u8 = 2;
/// The program could not do its work: no HTTP client, or stdout is closed.
pub(super) const COULD_NOT_RUN: u8 = 3;
/// The command's turn did not come in time; as `timeout` has it.
pub(super) const WAITED_TOO_LONG: u8 = 124;
/// The command exists, but cannot be run; as shells have it.
pub(super) const NOT_EXECUTABLE: u8 = 126;
/// There is no such command; as shells have it.
pub(super) const NOT_FOUND: u8 = 127;

/// Their description in `--help`.
pub(super) const HELP: &str = "\
Exit codes: 0 success, 1 no token or what else was asked for, 2 wrong usage, 3 could not run";

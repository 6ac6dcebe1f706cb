//! The exit codes: the same four meanings as in the other programs of this workspace.

/// What was asked for was printed.
pub(super) const SUCCESS: u8 = 0;
/// The service did not give what was asked for.
pub(super) const NO_ANSWER: u8 = 1;
/// The command line is wrong.
pub(super) const USAGE: u8 = 2;
/// The program could not do its work: no HTTP client, or stdout is closed.
pub(super) const COULD_NOT_RUN: u8 = 3;
/// The command's turn did not come in time, as `timeout` says it.
pub(super) const WAITED_TOO_LONG: u8 = 124;
/// The command is there, but cannot be run, as shells say it.
pub(super) const NOT_EXECUTABLE: u8 = 126;
/// There is no such command, as shells say it.
pub(super) const NOT_FOUND: u8 = 127;

/// What `--help` says of them.
pub(super) const HELP: &str = "\
Exit codes: 0 success, 1 no token or what else was asked for, 2 wrong usage, 3 could not run";

//! The exit codes: the same four meanings as in the other programs of this workspace.

/// What was asked for was printed.
pub(super) const SUCCESS: u8 = 0;
/// The service did not give what was asked for.
pub(super) const NO_ANSWER: u8 = 1;
/// The command line is wrong.
pub(super) const USAGE: u8 = 2;
/// The program could not do its work: no HTTP client, or stdout is closed.
pub(super) const COULD_NOT_RUN: u8 = 3;

/// What `--help` says of them.
pub(super) const HELP: &str = "\
Exit codes: 0 success, 1 no token or what else was asked for, 2 wrong usage, 3 could not run";

//! The exit codes of `imds-loadgen`, a published interface.

/// Every expectation is met.
pub(super) const OK: u8 = 0;
/// An expectation is not met, or the run was cut short.
pub(super) const NOT_MET: u8 = 1;
/// Wrong usage, or a wrong scenario: nothing was started. (clap uses the same code.)
pub(super) const USAGE: u8 = 2;
/// The run could not be made: a file cannot be read, an address not be listened on.
pub(super) const COULD_NOT_RUN: u8 = 3;

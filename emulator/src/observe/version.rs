//! The version that journal, metrics and the administration port report.

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

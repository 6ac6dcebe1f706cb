//! The wall clock: the only one that processes share, and the one by which tokens expire.
#![expect(clippy::disallowed_methods, reason = "a driver: it reads the clock")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since 1970; zero if the clock is set before that.
pub(crate) fn since_1970() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

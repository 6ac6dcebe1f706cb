//! The wall clock, which is all that processes share, and by which tokens expire.
#![expect(clippy::disallowed_methods, reason = "a driver: it reads the clock")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since 1970; none has passed for a clock that is set before it.
pub(crate) fn since_1970() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

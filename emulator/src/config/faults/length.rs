//! The lengths of time in a fault.

use std::time::Duration;

use crate::document::{FriendlyDuration, Section};

/// At most a day.
pub(super) fn length(section: &mut Section, key: &str) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_hours(24);
    let FriendlyDuration(length) = section.optional(key)?;
    if length > LONGEST {
        section.refuse(key, "expected at most 1 day");
    }
    Some(length.min(LONGEST))
}

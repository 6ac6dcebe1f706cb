//! Time zones by their names.

use jiff::tz::TimeZone;

/// The zone of this name.
///
/// # Errors
/// What was expected instead of it.
pub(crate) fn zone(name: &str) -> Result<TimeZone, String> {
    let unknown = |_| format!("expected a time zone such as Europe/Berlin, found \"{name}\"");
    TimeZone::get(name).map_err(unknown)
}

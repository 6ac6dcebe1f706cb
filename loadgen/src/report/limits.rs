//! The limits of a VM.

use crate::result::run::LimitsInForce;

/// The limits in words.
pub(crate) fn limits(limits: &LimitsInForce) -> String {
    let rate = limits
        .requests
        .map_or("any number of".to_owned(), |requests| requests.to_string());
    let window = limits
        .window_ms
        .map_or(String::new(), |window| format!(" in {window} ms"));
    let at_once = limits
        .concurrent
        .map_or("any number".to_owned(), |slots| slots.to_string());
    format!(
        "{} ({rate} token requests{window}, {at_once} at once)",
        limits.profile
    )
}

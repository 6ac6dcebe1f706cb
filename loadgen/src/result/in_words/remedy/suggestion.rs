//! What several remedies suggest.

use crate::result::run::LimitsInForce;

/// Where neither queue nor broker is wanted.
pub(super) const PATIENT: &str =
    "take a client that retries a 429 for longer (`--client proportional` plays one)";

/// The gate that keeps starts within these limits.
pub(super) fn gate(limits: &LimitsInForce) -> String {
    let at_once = limits
        .concurrent
        .map_or(String::new(), |slots| format!(" --at-once {slots}"));
    let rate = rate_below(limits).map_or(String::new(), |rate| format!(" --rate {rate}/s"));
    format!("imds-client exec{at_once}{rate}")
}

/// One start a second less than the limit admits; none: there is no such limit, or it is one a second or less.
pub(super) fn rate_below(limits: &LimitsInForce) -> Option<u32> {
    let (requests, window_ms) = (limits.requests?, limits.window_ms?);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few starts a second"
    )]
    let a_second = (f64::from(requests) * 1000.0 / window_ms) as u32;
    (a_second > 1).then(|| a_second - 1)
}

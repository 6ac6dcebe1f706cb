//! The `retry` of a step.

use std::time::Duration;

use imds_emulator::document::{FriendlyDuration, Section};

use crate::scenario::script::Retry;

/// No retry unless the step has one.
pub(super) fn read(step: &mut Section) -> Option<Retry> {
    if !step.has("retry") {
        return Some(Retry::NONE);
    }
    let mut table = step.section("retry")?;
    let attempts = table.required("attempts");
    let delay = table.required::<FriendlyDuration>("delay");
    let factor = table.optional("factor").unwrap_or(1.0);
    let max_delay = table.optional::<FriendlyDuration>("max_delay");
    let jitter = table.optional::<FriendlyDuration>("jitter");
    let retry = Retry {
        attempts: attempts?,
        delay: delay?.0,
        factor,
        max_delay: max_delay.map_or(Duration::MAX, |longest| longest.0),
        jitter: jitter.unwrap_or_default().0,
    };
    if let Some((key, expected)) = retry.problem() {
        table.refuse(key, expected);
    }
    Some(retry)
}

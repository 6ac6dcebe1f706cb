//! Rates and lengths of time as plain numbers, and back.

use std::time::Duration;

use rand::{Rng, RngExt};

/// One in thirty years. The times of rarer starts go beyond what a clock can say.
const RAREST: f64 = 1e-9;

/// Whether so many a second are ever to come.
pub(super) fn is_rate(per_second: f64) -> bool {
    per_second.is_finite() && per_second >= RAREST
}

/// A whole number of sessions; more than there can be are as many as there can be.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, as is wanted"
)]
pub(super) fn whole(number: f64) -> u32 {
    number as u32
}

/// A length of time; too long a one is the longest.
pub(super) fn seconds(length_s: f64) -> Duration {
    Duration::try_from_secs_f64(length_s).unwrap_or(Duration::MAX)
}

/// Of no time nothing is drawn.
pub(super) fn part_of(whole: Duration, rng: &mut dyn Rng) -> Duration {
    if whole.is_zero() {
        return whole;
    }
    whole.mul_f64(rng.random::<f64>())
}

//! Figures that several parts of a result have.

use std::time::Duration;

use crate::record::distribution::ms;

/// A ratio with four decimals; none of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 1e4).round() / 1e4)
}

/// From one instant to another, if there were both.
pub(super) fn span_ms(from: Option<Duration>, to: Option<Duration>) -> Option<f64> {
    Some(ms(to?.saturating_sub(from?)))
}

//! Lengths of time as reports show them.

use crate::record::distribution::CurvePoint;

/// A length of time where null is "never".
pub(crate) fn never(ms: Option<f64>) -> String {
    ms.map_or("never".to_owned(), |ms| length(Some(ms)))
}

/// A percentile of the time to token, where null is "never"; of sessions that ask for no token there is none.
pub(crate) fn time_to_token(curve: &[CurvePoint], ms: Option<f64>) -> String {
    if curve.is_empty() {
        length(None)
    } else {
        never(ms)
    }
}

/// A length of time where null is "nothing".
pub(crate) fn length(ms: Option<f64>) -> String {
    match ms {
        None => "-".to_owned(),
        Some(ms) if ms < 1000.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{:.2} s", ms / 1000.0),
    }
}

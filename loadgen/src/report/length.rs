//! Lengths of time as reports show them.

/// A length of time where null is "never".
pub(crate) fn never(ms: Option<f64>) -> String {
    ms.map_or("never".to_owned(), |ms| length(Some(ms)))
}

/// A length of time where null is "nothing".
pub(crate) fn length(ms: Option<f64>) -> String {
    match ms {
        None => "-".to_owned(),
        Some(ms) if ms < 1000.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{:.2} s", ms / 1000.0),
    }
}

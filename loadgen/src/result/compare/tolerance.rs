//! By how much a figure may get worse.

use std::str::FromStr;

/// `path=10%` of the base, or `path=50` in the figure's own unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tolerance {
    /// The path in the result document.
    pub path: String,
    amount: Amount,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    /// A part of the base.
    Part(f64),
    /// In the figure's own unit.
    Absolute(f64),
}

/// By default a tenth of the base is tolerated, which a live run may well vary by.
const PART: f64 = 0.1;

/// Of times at least this much is tolerated, so that short ones do not fail by noise.
const LEAST_MS: f64 = 100.0;

/// Where a test tells change from chance, tolerance is for changes that are too small to matter: half of the above, and of
/// times at least this much.
const TESTED_PART: f64 = 0.05;
const TESTED_LEAST_MS: f64 = 10.0;

/// Of ratios that much is, whatever the base.
const RATIO: f64 = 0.01;

impl FromStr for Tolerance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("expected PATH=10% or PATH=50, not \"{text}\"");
        let (path, amount) = text.split_once('=').ok_or_else(expected)?;
        let (number, part) = match amount.trim().strip_suffix('%') {
            Some(percent) => (percent, true),
            None => (amount.trim(), false),
        };
        let number: f64 = number.trim().parse().map_err(|_| expected())?;
        if path.trim().is_empty() || !number.is_finite() || number < 0.0 {
            return Err(expected());
        }
        let amount = if part {
            Amount::Part(number / 100.0)
        } else {
            Amount::Absolute(number)
        };
        Ok(Self {
            path: path.trim().to_owned(),
            amount,
        })
    }
}

/// By how much the figure may get worse: as the last tolerance for its path says, or by default, which is less for one that
/// is tested.
pub(super) fn tolerated(path: &str, base: f64, tolerances: &[Tolerance], tested: bool) -> f64 {
    let base = if base.is_finite() { base.abs() } else { 0.0 };
    let own = tolerances.iter().rfind(|tolerance| tolerance.path == path);
    match own.map(|tolerance| tolerance.amount) {
        Some(Amount::Part(part)) => base * part,
        Some(Amount::Absolute(absolute)) => absolute,
        None => by_default(path, base, tested),
    }
}

fn by_default(path: &str, base: f64, tested: bool) -> f64 {
    let (part, least_ms) = if tested {
        (TESTED_PART, TESTED_LEAST_MS)
    } else {
        (PART, LEAST_MS)
    };
    let path = measured(path);
    let ends = |end: &str| path.ends_with(end);
    if path.contains("_ms") && !ends("ratio") {
        least_ms.max(base * part)
    } else if ends("ratio") {
        RATIO
    } else if ends("failed") || ends("wrong_context") {
        0.0
    } else {
        base * part
    }
}

/// What a path measures: of a summary's it is the path in the results that were summed up.
pub(super) fn measured(path: &str) -> &str {
    let Some(metric) = path.strip_prefix("metrics.") else {
        return path;
    };
    metric.rsplit_once('.').map_or(metric, |(figure, _)| figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tolerance_is_a_part_or_an_amount() {
        let of = |text: &str, base| {
            let tolerance: Tolerance = text.parse().expect("a tolerance");
            tolerated("a.b", base, &[tolerance], false)
        };
        assert!((of("a.b=25%", 80.0) - 20.0).abs() < 1e-9);
        assert!((of("a.b = 7", 80.0) - 7.0).abs() < 1e-9);
        for wrong in ["a.b", "a.b=", "=5", "a.b=-1", "a.b=nan", "a.b=x%"] {
            assert!(wrong.parse::<Tolerance>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn by_default_noise_is_tolerated_and_failures_are_not() {
        let of = |path, base| tolerated(path, base, &[], false);
        assert!((of("makespan_ms", 200.0) - 100.0).abs() < 1e-9);
        assert!((of("time_to_token_ms.p99", 9000.0) - 900.0).abs() < 1e-9);
        assert!((of("sessions.success_ratio", 1.0) - 0.01).abs() < 1e-9);
        assert!(of("sessions.failed", 50.0).abs() < 1e-9);
        assert!(of("time_to_token_ms.p99", f64::INFINITY) >= 100.0);
        let tested = tolerated("metrics.makespan_ms.p50", 9000.0, &[], true);
        assert!((tested - 450.0).abs() < 1e-9);
    }
}

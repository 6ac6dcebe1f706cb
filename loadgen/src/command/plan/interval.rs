//! How sure a share is that was found in so many runs.

/// The ends of the 95 % interval of a normal distribution, in standard deviations.
const Z: f64 = 1.959_964;

/// The interval of Wilson (1927) at 95 % for a share that was met in so many of the runs: it is of use at
/// both ends too, where a share of 1 in 50 runs may well be one of 0.93 (Brown, Cai, `DasGupta` 2001).
pub(super) fn wilson(met: u32, runs: u32) -> (f64, f64) {
    let (met, runs) = (f64::from(met), f64::from(runs));
    let share = met / runs;
    let scale = 1.0 + Z * Z / runs;
    let middle = (share + Z * Z / (2.0 * runs)) / scale;
    let half = Z / scale * (share * (1.0 - share) / runs + Z * Z / (4.0 * runs * runs)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_as_the_tables_have_it() {
        for (met, runs, low, high) in [
            (50, 50, 0.9287, 1.0),
            (0, 50, 0.0, 0.0713),
            (8, 10, 0.4902, 0.9433),
        ] {
            let found = wilson(met, runs);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-4;
            assert!(near(found.0, low) && near(found.1, high), "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn the_share_lies_within(runs in 1_u32..5000, part in 0.0_f64..=1.0) {
            let met = (0..=runs).find(|met| f64::from(*met) >= part * f64::from(runs)).unwrap_or(runs);
            let (low, high) = wilson(met, runs);
            let share = f64::from(met) / f64::from(runs);
            prop_assert!((0.0..=share + 1e-9).contains(&low) && (share - 1e-9..=1.0).contains(&high));
        }
    }
}

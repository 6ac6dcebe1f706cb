//! From numbers to places: layout, not measurement.

/// The place of numbers from zero to `most` on a line between two coordinates. The second may be the
/// smaller one, for what grows upwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    most: f64,
    from: f64,
    to: f64,
}

/// Steps between marks of time, in milliseconds.
const TIMES: [f64; 23] = [
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    20.0,
    50.0,
    100.0,
    200.0,
    500.0,
    1000.0,
    2000.0,
    5000.0,
    10_000.0,
    30_000.0,
    60_000.0,
    300_000.0,
    1_200_000.0,
    3_600_000.0,
    14_400_000.0,
    86_400_000.0,
];

impl Scale {
    /// Of nothing but zeros a scale up to one is made.
    pub(super) fn new(most: f64, from: f64, to: f64) -> Self {
        let most = if most > 0.0 { most } else { 1.0 };
        Self { most, from, to }
    }

    /// Where a number lies; what is beyond the scale lies at its end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let part = (value / self.most).clamp(0.0, 1.0);
        self.from + part * (self.to - self.from)
    }

    /// Marks of counts: whole numbers, at most `about` of them and the zero.
    pub(super) fn counts(&self, about: u32) -> Vec<f64> {
        let decades = (0..16).map(|decade| 10_f64.powi(decade));
        let steps = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * decade));
        self.marks(steps, about)
    }

    /// Marks of any numbers, at most `about` of them and the zero.
    pub(super) fn numbers(&self, about: u32) -> Vec<f64> {
        let decades = (-6..16).map(|decade| 10_f64.powi(decade));
        let steps = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * decade));
        self.marks(steps, about)
    }

    /// Marks of times in milliseconds, at most `about` of them and the zero.
    pub(super) fn times(&self, about: u32) -> Vec<f64> {
        self.marks(TIMES.into_iter(), about)
    }

    fn marks(&self, mut steps: impl Iterator<Item = f64>, about: u32) -> Vec<f64> {
        let fits = |step: &f64| self.most / step <= f64::from(about);
        let step = steps.find(fits).unwrap_or(self.most);
        let marks = (0..=about).map(|number| f64::from(number) * step);
        marks
            .filter(|mark| *mark <= self.most * 1.000_001)
            .collect()
    }
}

/// A mark of time as it is written beside its line.
pub(super) fn time(ms: f64) -> String {
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    match ms {
        0.0 => "0".to_owned(),
        _ if ms < 1000.0 => format!("{} ms", rounded(ms)),
        _ if ms < 60_000.0 => format!("{} s", rounded(ms / 1000.0)),
        _ if ms < 3_600_000.0 => format!("{} min", rounded(ms / 60_000.0)),
        _ => format!("{} h", rounded(ms / 3_600_000.0)),
    }
}

/// A mark of a number as it is written beside its line: without the noise of binary fractions.
pub(super) fn written(number: f64) -> String {
    ((number * 1e6).round() / 1e6).to_string()
}

/// A count as a number that can be drawn.
#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

/// A number of things in a list.
pub(super) fn length<T>(list: &[T]) -> f64 {
    number(list.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_are_numbers_that_people_count_in() {
        let scale = |most| Scale::new(most, 0.0, 100.0);
        assert_eq!(scale(35.0).counts(5), [0.0, 10.0, 20.0, 30.0]);
        assert_eq!(scale(1.0).counts(5), [0.0, 1.0]);
        assert_eq!(scale(2491.0).times(8), [0.0, 500.0, 1000.0, 1500.0, 2000.0]);
        assert_eq!(scale(0.0).counts(5), [0.0, 1.0]);
        let ratios = scale(1.0).numbers(5).into_iter().map(written);
        assert_eq!(
            ratios.collect::<Vec<_>>(),
            ["0", "0.2", "0.4", "0.6", "0.8", "1"]
        );
    }

    #[test]
    fn times_are_written_in_the_unit_that_fits() {
        let written = [0.0, 0.5, 250.0, 1500.0, 90_000.0, 5_400_000.0].map(time);
        assert_eq!(
            written,
            ["0", "0.5 ms", "250 ms", "1.5 s", "1.5 min", "1.5 h"]
        );
    }

    proptest! {
        #[test]
        fn marks_are_few_and_on_the_scale(most in 0.0..1e12_f64, about in 2_u32..12) {
            let scale = Scale::new(most, 300.0, 20.0);
            for marks in [scale.counts(about), scale.times(about), scale.numbers(about)] {
                prop_assert!(marks.len() <= about as usize + 1);
                prop_assert!(marks.iter().all(|mark| (20.0..=300.0).contains(&scale.at(*mark))));
            }
        }
    }
}

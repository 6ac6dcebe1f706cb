//! How many cores there are.

/// How many cores the sessions of a run share: 0.1 to 1024, in whole thousandths, as container limits are
/// counted. A part of a core is what a container has that may use half of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cores {
    thousandths: u32,
}

impl Cores {
    /// So many cores, rounded to thousandths; none: not within 0.1 to 1024.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked before"
    )]
    pub(crate) fn of(count: f64) -> Option<Self> {
        (0.1..=1024.0).contains(&count).then(|| Self {
            thousandths: (count * 1000.0).round() as u32,
        })
    }

    #[must_use]
    pub(crate) fn thousandths(self) -> u32 {
        self.thousandths
    }

    #[must_use]
    pub(crate) fn count(self) -> f64 {
        f64::from(self.thousandths) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_tenth_of_a_core_at_least_and_a_thousand_and_some_at_most() {
        let thousandths = |count| Cores::of(count).map(Cores::thousandths);
        assert_eq!(thousandths(2.0), Some(2000));
        assert_eq!(thousandths(0.1), Some(100));
        assert_eq!(thousandths(1024.0), Some(1_024_000));
        for wrong in [0.0, 0.09, -1.0, 1024.5, f64::NAN, f64::INFINITY] {
            assert_eq!(thousandths(wrong), None, "{wrong}");
        }
    }
}

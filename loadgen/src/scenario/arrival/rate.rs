//! A constant rate of starts, as k6's `constant-arrival-rate` has it.

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;
use serde::Deserialize;

use super::numbers::{is_rate, seconds, whole};

/// `rate = { at = "0s", per_second = 4.0, duration = "30s" }`
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// When the first session starts, since the run's start.
    #[serde(default)]
    pub at: FriendlyDuration,
    /// Starts per second, greater than zero.
    pub per_second: f64,
    /// For how long sessions start; none: until the group's count is used up.
    pub duration: Option<FriendlyDuration>,
}

impl Rate {
    /// Each is computed from its number, so that nothing adds up on the way.
    pub(super) fn starts(&self, count: u32) -> Vec<Duration> {
        let after = |i: u32| seconds(f64::from(i) / self.per_second);
        let start = |i| self.at.0.saturating_add(after(i));
        (0..count).map(start).collect()
    }

    /// Those that start before the duration is over: 3 a second for 30 s are 90. A product that is next
    /// to a whole number is that number.
    pub(super) fn sessions(&self) -> Option<u32> {
        let due = self.duration?.0.as_secs_f64() * self.per_second;
        let nearest = due.round();
        let is_whole = (due - nearest).abs() <= 1e-9 * nearest.max(1.0);
        Some(whole(if is_whole { nearest } else { due.ceil() }))
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        if !is_rate(self.per_second) {
            return Some("a rate per_second greater than zero, at least 1e-9");
        }
        (self.sessions() == Some(0)).then_some("a duration longer than zero")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(per_second: f64, duration_ms: Option<u64>) -> Rate {
        Rate {
            at: FriendlyDuration(Duration::from_secs(1)),
            per_second,
            duration: duration_ms.map(|ms| FriendlyDuration(Duration::from_millis(ms))),
        }
    }

    #[test]
    fn three_a_second_for_half_a_minute_are_ninety() {
        assert_eq!(rate(3.0, Some(30_000)).sessions(), Some(90));
        assert_eq!(rate(100.0, Some(290)).sessions(), Some(29));
        assert_eq!(rate(4.0, Some(1100)).sessions(), Some(5));
        assert_eq!(rate(4.0, None).sessions(), None);
    }

    #[test]
    fn a_rate_of_nothing_is_refused() {
        for per_second in [0.0, -1.0, 1e-300, f64::NAN, f64::INFINITY] {
            assert!(rate(per_second, None).problem().is_some(), "{per_second}");
        }
        assert!(rate(3.0, Some(0)).problem().is_some());
    }

    proptest! {
        #[test]
        fn starts_do_not_drift_and_lie_within_the_duration(
            per_second in 0.01_f64..1000.0,
            duration_ms in 1_u64..60_000,
        ) {
            let rate = rate(per_second, Some(duration_ms));
            let count = rate.sessions().expect("it has a duration");
            let starts = rate.starts(count);
            prop_assert!(starts.is_sorted());
            let last = starts[starts.len() - 1].saturating_sub(rate.at.0);
            prop_assert!(last <= Duration::from_millis(duration_ms) + Duration::from_micros(1));
            let expected = f64::from(count - 1) / per_second;
            prop_assert!((last.as_secs_f64() - expected).abs() < 1e-6);
        }
    }
}

//! How long the machine has slept, by two clocks. It is given their times, and reads none.

use std::time::Duration;

/// A wall clock that is so far ahead of the other was set, or the machine has slept. Less does no harm, since a token is handed
/// out no later than half a minute before its end; and a wall clock that is adjusted drifts by less than half a
/// millisecond in a second (adjtimex(2)). (Ours.)
const LEAST: Duration = Duration::from_secs(5);

/// The time that a monotonic clock lacks, since it stands still while the machine sleeps (Linux, macOS).
///
/// A wall clock that was set forward counts as a sleep: a token is asked for earlier then, and never handed out late. One that
/// was set back changes nothing.
#[derive(Debug)]
pub(super) struct Slept {
    /// The wall clock's time less the other's, when they were last compared or differed.
    apart: Duration,
    total: Duration,
}

impl Slept {
    /// Nothing yet, at these times of both clocks.
    pub(super) fn nothing(monotonic: Duration, wall: Duration) -> Self {
        Self {
            apart: wall.saturating_sub(monotonic),
            total: Duration::ZERO,
        }
    }

    /// How long until these times of both clocks.
    pub(super) fn until(&mut self, monotonic: Duration, wall: Duration) -> Duration {
        let apart = wall.saturating_sub(monotonic);
        if apart.abs_diff(self.apart) >= LEAST {
            self.total += apart.saturating_sub(self.apart);
            self.apart = apart;
        }
        self.total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_sleep_counts_and_a_clock_that_was_set_back_does_not_hide_the_next_one() {
        let start = seconds(1_700_000_000);
        let mut slept = Slept::nothing(Duration::ZERO, start);
        let mut until = |at: u64, ahead: i64| {
            let wall = (start + seconds(at)).as_secs().saturating_add_signed(ahead);
            slept.until(seconds(at), seconds(wall))
        };
        assert_eq!(until(10, 0), Duration::ZERO);
        assert_eq!(until(20, 4), Duration::ZERO, "less than what counts");
        assert_eq!(until(30, 3600), HOUR);
        assert_eq!(until(40, 3600), HOUR, "it goes on at the same pace");
        assert_eq!(until(50, -3600), HOUR, "set back by two hours");
        assert_eq!(until(60, 0), 2 * HOUR, "slept for an hour again");
    }

    proptest! {
        #[test]
        fn no_step_of_the_wall_clock_makes_it_go_back(
            steps in proptest::collection::vec((0_u64..100, 0_u64..10_000_000), 1..50),
        ) {
            let mut slept = Slept::nothing(Duration::ZERO, HOUR);
            let (mut monotonic, mut before) = (Duration::ZERO, Duration::ZERO);
            for (passed, wall) in steps {
                monotonic += seconds(passed);
                let now = slept.until(monotonic, seconds(wall));
                prop_assert!(now >= before);
                before = now;
            }
        }
    }
}

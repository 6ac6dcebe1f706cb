//! A rate of starts that changes from stage to stage, as k6's `ramping-arrival-rate` has it.

use std::time::Duration;

use imds_emulator::document::FriendlyDuration;
use serde::Deserialize;

use super::numbers::{seconds, whole};

/// `stages = [{ duration = "10s", target = 5.0 }, { duration = "20s", target = 5.0 }]`
///
/// The rate is zero at the run's start, and goes in a straight line to each stage's target. A stage
/// without length jumps there. The n-th session starts when the rate, added up over time, comes to n.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Stages {
    stages: Vec<Stage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stage {
    /// How long it takes; zero: the rate jumps.
    pub duration: FriendlyDuration,
    /// The starts per second at its end, zero or more.
    pub target: f64,
}

/// A stage with what is before it.
struct Slope {
    begins: Duration,
    lasts_s: f64,
    from: f64,
    to: f64,
    /// The sessions that are due at its end.
    due: f64,
}

impl Stages {
    pub(super) fn starts(&self) -> Vec<Duration> {
        self.each().collect()
    }

    pub(super) fn first_start(&self) -> Option<Duration> {
        self.each().next()
    }

    /// Each is computed from its number and its stage alone, so that nothing adds up on the way.
    fn each(&self) -> impl Iterator<Item = Duration> {
        let mut slopes = self.slopes().into_iter().peekable();
        let mut before = 0.0;
        let start = move |n: u32| {
            let n = f64::from(n);
            while let Some(slope) = slopes.next_if(|slope| n > slope.due + slack(slope.due)) {
                before = slope.due;
            }
            slopes.peek().map(|slope| slope.reaches(n - before))
        };
        (1..=self.sessions()).map_while(start)
    }

    /// The sessions that are due at the end: the rate added up over time, whole ones only.
    pub(super) fn sessions(&self) -> u32 {
        let due = self.slopes().last().map_or(0.0, |slope| slope.due);
        whole(due + slack(due))
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        let sound = |stage: &Stage| stage.target.is_finite() && stage.target >= 0.0;
        if !self.stages.iter().all(sound) {
            return Some("targets of zero or more");
        }
        (self.sessions() == 0).then_some("stages in which at least one session starts")
    }

    fn slopes(&self) -> Vec<Slope> {
        let (mut begins, mut from, mut due) = (Duration::ZERO, 0.0, 0.0);
        let slope = |stage: &Stage| {
            let lasts_s = stage.duration.0.as_secs_f64();
            due += f64::midpoint(from, stage.target) * lasts_s;
            let slope = Slope {
                begins,
                lasts_s,
                from,
                to: stage.target,
                due,
            };
            begins = begins.saturating_add(stage.duration.0);
            from = stage.target;
            slope
        };
        self.stages.iter().map(slope).collect()
    }
}

impl Slope {
    /// When so many sessions of its own are due: the root of `from·t + (to − from)/(2·lasts)·t² = area`,
    /// in the form that neither divides by a flat slope nor loses digits on a gentle one.
    fn reaches(&self, area: f64) -> Duration {
        let bend = (self.to - self.from) / self.lasts_s;
        let root = (self.from * self.from + 2.0 * bend * area).max(0.0).sqrt();
        let after_s = 2.0 * area / (self.from + root);
        self.begins
            .saturating_add(seconds(after_s.min(self.lasts_s)))
    }
}

/// By how little a sum may miss a whole number and still be it.
fn slack(due: f64) -> f64 {
    1e-9 * due.max(1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stages(stages: &[(u64, f64)]) -> Stages {
        let stage = |&(ms, target): &(u64, f64)| Stage {
            duration: FriendlyDuration(Duration::from_millis(ms)),
            target,
        };
        Stages {
            stages: stages.iter().map(stage).collect(),
        }
    }

    fn starts_ms(of: &[(u64, f64)]) -> Vec<u128> {
        let half_ms = Duration::from_micros(500);
        let starts = stages(of).starts().into_iter();
        starts.map(|start| (start + half_ms).as_millis()).collect()
    }

    #[test]
    fn a_jump_and_a_flat_stage_are_a_constant_rate() {
        assert_eq!(starts_ms(&[(0, 2.0), (2000, 2.0)]), [500, 1000, 1500, 2000]);
    }

    /// The area beneath the line to 2 a second within 4 s is t²/4.
    #[test]
    fn a_ramp_starts_ever_more_often() {
        assert_eq!(starts_ms(&[(4000, 2.0)]), [2000, 2828, 3464, 4000]);
    }

    #[test]
    fn nobody_starts_while_the_rate_is_zero() {
        let pause = [
            (0, 1.0),
            (1000, 1.0),
            (0, 0.0),
            (5000, 0.0),
            (0, 1.0),
            (1000, 1.0),
        ];
        assert_eq!(starts_ms(&pause), [1000, 7000]);
    }

    #[test]
    fn what_starts_nobody_is_refused() {
        for none in [
            &[][..],
            &[(1000, 0.0)],
            &[(0, 9.0)],
            &[(1000, -1.0)],
            &[(1000, f64::NAN)],
        ] {
            assert!(stages(none).problem().is_some(), "{none:?}");
        }
    }

    proptest! {
        #[test]
        fn as_many_start_as_the_rate_adds_up_to(
            of in prop::collection::vec((0_u64..60_000, 0.0_f64..50.0), 1..8),
        ) {
            let mut from = 0.0;
            let mut sum = 0.0;
            for (ms, target) in &of {
                sum += Duration::from_millis(*ms).as_secs_f64() * (from + target) / 2.0;
                from = *target;
            }
            let starts = stages(&of).starts();
            let count = f64::from(u32::try_from(starts.len()).expect("few"));
            prop_assert!((count - sum).abs() <= 1.0 + 1e-6, "{count} for {sum}");
            prop_assert!(starts.is_sorted());
            let all = Duration::from_millis(of.iter().map(|(ms, _)| ms).sum());
            prop_assert!(starts.iter().all(|start| *start <= all));
        }
    }
}

//! The waits of a policy when it gets the same answer again and again, simulated many times.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use imds_client::{Acquisition, GaveUp, Outcome, Policy, RetryAfter, Step};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// The number of refusals in a row.
const REFUSALS: usize = 6;

/// The number of runs, so that the range of a random wait becomes visible.
const RUNS: u64 = 1000;

/// The waits of a policy that gets the same answer repeatedly.
#[derive(Debug, Default)]
pub(super) struct Waits {
    /// The shortest and the longest of the first wait, of the second, and so on.
    ranges: Vec<(Duration, Duration)>,
    /// The least and the greatest number of waits of a run.
    counts: Option<(usize, usize)>,
    gave_up: Option<GaveUp>,
}

impl Waits {
    /// The waits after six 429s that are answered at once with this Retry-After.
    pub(super) fn simulated(policy: &Arc<Policy>, retry_after: RetryAfter) -> Self {
        let refused = Outcome::Status {
            status: 429,
            retry_after,
        };
        Self::after(policy, &refused, REFUSALS)
    }

    /// The waits after this outcome, which takes no time and comes so many times.
    pub(super) fn after(policy: &Arc<Policy>, outcome: &Outcome, times: usize) -> Self {
        let mut waits = Self::default();
        for seed in 0..RUNS {
            let count = waits.run(policy, outcome, times, ChaCha8Rng::seed_from_u64(seed));
            let (least, most) = waits.counts.unwrap_or((count, count));
            waits.counts = Some((least.min(count), most.max(count)));
        }
        waits
    }

    /// The shortest and the longest of the first wait, of the second, and so on.
    pub(super) fn ranges(&self) -> &[(Duration, Duration)] {
        &self.ranges
    }

    /// The least and the greatest number of waits of a run.
    pub(super) fn counts(&self) -> (usize, usize) {
        self.counts.unwrap_or_default()
    }

    /// Why a run ended; `None` if none did.
    pub(super) fn gave_up(&self) -> Option<GaveUp> {
        self.gave_up
    }

    /// Returns the number of waits.
    fn run(
        &mut self,
        policy: &Arc<Policy>,
        outcome: &Outcome,
        times: usize,
        mut rng: ChaCha8Rng,
    ) -> usize {
        let mut now = Duration::ZERO;
        let mut acquisition = Acquisition::begin(Arc::clone(policy), now);
        for index in 0..times {
            let due = match acquisition.after(outcome, now, &mut rng) {
                Step::WaitUntil(at) => at,
                Step::Send | Step::Done => now,
                Step::Failed(reason) => {
                    self.gave_up = Some(reason);
                    return index;
                }
            };
            self.add(index, due.saturating_sub(now));
            now = due;
        }
        times
    }

    fn add(&mut self, index: usize, wait: Duration) {
        match self.ranges.get_mut(index) {
            None => self.ranges.push((wait, wait)),
            Some((least, most)) => (*least, *most) = (wait.min(*least), wait.max(*most)),
        }
    }
}

impl fmt::Display for Waits {
    /// Such as `1.6 to 2.6, 4.8 to 7.8 s, then gives up`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waits: Vec<String> = self.ranges.iter().copied().map(range).collect();
        match (&waits[..], self.gave_up) {
            ([], _) => f.write_str("gives up at once"),
            (_, Some(_)) => write!(f, "{} s, then gives up", waits.join(", ")),
            (_, None) => write!(f, "{} s", waits.join(", ")),
        }
    }
}

fn range((least, most): (Duration, Duration)) -> String {
    let [least, most] = [least, most].map(|wait| format!("{:.1}", wait.as_secs_f64()));
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

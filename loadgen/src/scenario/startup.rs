//! What it costs to start: interpreters that start together share the machine's cores.

use std::collections::VecDeque;
use std::time::Duration;

use imds_emulator::document::FriendlyDuration;
use serde::Deserialize;

/// `startup = { cpu = "1.2s", cores = 2 }`
///
/// Every session of the group starts an interpreter, which keeps one core busy for `cpu`. As long as
/// more of them start than there are cores, all get an equal share (processor sharing, which is how a
/// fair scheduler looks from afar). Groups do not share cores with each other.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Startup {
    /// How long one of them takes with a core of its own.
    pub cpu: FriendlyDuration,
    /// How many cores there are, at least one.
    #[serde(default = "one")]
    pub cores: u32,
}

fn one() -> u32 {
    1
}

impl Startup {
    /// What is wrong with the numbers, if anything.
    #[must_use]
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.cores == 0).then_some("at least one of cores")
    }

    /// How long each of those that start at these times takes, in their order: the earliest first.
    #[must_use]
    pub(crate) fn delays(&self, starts: &[Duration]) -> Vec<Duration> {
        let mut cores = Cores::of(self);
        let mut ends = Vec::with_capacity(starts.len());
        for start in starts {
            cores.run_until(start.as_secs_f64(), &mut ends);
            cores.start();
        }
        cores.run_until(f64::INFINITY, &mut ends);
        let delay = |(start, end): (&Duration, f64)| {
            let end = Duration::try_from_secs_f64(end).unwrap_or(Duration::MAX);
            end.saturating_sub(*start)
        };
        starts.iter().zip(ends).map(delay).collect()
    }
}

/// Cores that are shared. All have the same work to do, so the first to start is ready first.
struct Cores {
    count: f64,
    work_s: f64,
    now_s: f64,
    /// The work done for a session that was there from the beginning.
    done_s: f64,
    /// What `done_s` will be when each of those at work is ready.
    ready_at: VecDeque<f64>,
}

impl Cores {
    fn of(startup: &Startup) -> Self {
        Self {
            count: startup.cores.into(),
            work_s: startup.cpu.0.as_secs_f64(),
            now_s: 0.0,
            done_s: 0.0,
            ready_at: VecDeque::new(),
        }
    }

    fn start(&mut self) {
        self.ready_at.push_back(self.done_s + self.work_s);
    }

    /// Notes the sessions that are ready by then.
    fn run_until(&mut self, until_s: f64, ends: &mut Vec<f64>) {
        while let Some(ready_at) = self.ready_at.front().copied() {
            let takes_s = (ready_at - self.done_s) / self.rate();
            if self.now_s + takes_s > until_s {
                self.done_s += (until_s - self.now_s) * self.rate();
                break;
            }
            self.ready_at.pop_front();
            self.now_s += takes_s;
            self.done_s = ready_at;
            ends.push(self.now_s);
        }
        self.now_s = self.now_s.max(until_s);
    }

    /// The share of a core that each has.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a run has a million sessions at most"
    )]
    fn rate(&self) -> f64 {
        (self.count / self.ready_at.len() as f64).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn delays_ms(cpu_ms: u64, cores: u32, starts_ms: &[u64]) -> Vec<u128> {
        let startup = Startup {
            cpu: FriendlyDuration(Duration::from_millis(cpu_ms)),
            cores,
        };
        let starts: Vec<_> = starts_ms
            .iter()
            .copied()
            .map(Duration::from_millis)
            .collect();
        let delays = startup.delays(&starts).into_iter();
        let half_ms = Duration::from_micros(500);
        delays.map(|delay| (delay + half_ms).as_millis()).collect()
    }

    #[test]
    fn those_who_have_a_core_of_their_own_take_their_time() {
        assert_eq!(delays_ms(1200, 2, &[0, 0, 5000]), [1200; 3]);
    }

    #[test]
    fn fifty_on_two_cores_take_twenty_five_times_as_long() {
        assert_eq!(delays_ms(1200, 2, &[0; 50]), [30_000; 50]);
    }

    /// The first has 0.5 s alone; then both share, until the first has had 1 s of work at 1.5 s; the
    /// second has had 0.5 s by then, and the rest alone.
    #[test]
    fn a_late_one_slows_the_first_down() {
        assert_eq!(delays_ms(1000, 1, &[0, 500]), [1500, 1500]);
    }

    proptest! {
        #[test]
        fn work_is_neither_lost_nor_made(cpu_ms in 1_u64..5000, cores in 1_u32..8, mut starts in prop::collection::vec(0_u64..20_000, 1..60)) {
            starts.sort_unstable();
            let delays = delays_ms(cpu_ms, cores, &starts);
            let (cpu_ms, all) = (u128::from(cpu_ms), u128::from(cpu_ms) * starts.len() as u128);
            for delay in &delays {
                prop_assert!(*delay + 1 >= cpu_ms && *delay <= all + 1, "{delay} of {all}");
            }
            let end = |i: usize| u128::from(starts[i]) + delays[i];
            let last = end(starts.len() - 1);
            prop_assert!((1..starts.len()).all(|i| end(i - 1) <= end(i) + 1));
            prop_assert!((last - u128::from(starts[0]) + 1) * u128::from(cores) >= all);
        }
    }
}

//! Cores that all jobs share fairly, as the scheduler of an operating system does, seen from afar.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::scenario::processor::Cores;

/// Egalitarian processor sharing: of `n` jobs each has `min(1, cores / n)` of a core. It is given the
/// time and waits for nothing; a job is what its owner wants back when the work is done.
///
/// All jobs are served at one rate, so it is enough to count the service that a job has had which was
/// there from the beginning: a job that begins ends when that count has grown by its work. So each begin
/// and each end takes O(log n), however many jobs there are. Whole numbers only: one history gives one
/// result on every platform, and a job ends less than a nanosecond late.
#[derive(Debug)]
pub(crate) struct Processor<J> {
    cores: Cores,
    now: Duration,
    /// What a job has had that was there from the beginning.
    service: Service,
    /// By the service at which they end, and then in the order in which they began.
    jobs: BTreeMap<(Service, u64), J>,
    begun: u64,
    /// Jobs whose work is done and that were not taken yet.
    ended: Vec<J>,
}

/// A length of time on one core, in nanoseconds times 2^32.
type Service = u128;

/// A nanosecond of service.
const NS: Service = 1 << 32;

impl<J> Processor<J> {
    pub(crate) fn new(cores: Cores) -> Self {
        Self {
            cores,
            now: Duration::ZERO,
            service: 0,
            jobs: BTreeMap::new(),
            begun: 0,
            ended: vec![],
        }
    }

    /// A job begins that keeps one core busy for `work`, at most a day.
    pub(crate) fn begin(&mut self, now: Duration, work: Duration, job: J) {
        self.run_until(now);
        self.begun += 1;
        let end = self.service + work.as_nanos() * NS;
        self.jobs.insert((end, self.begun), job);
    }

    /// When the next job ends if no other begins before; none: there is none.
    #[must_use]
    pub(crate) fn next_end(&self) -> Option<Duration> {
        if !self.ended.is_empty() {
            return Some(self.now);
        }
        let takes_ns = self.takes_ns()?;
        Some(self.now.saturating_add(duration(takes_ns)))
    }

    /// The jobs whose work is done by `now`, the first to end first; at one instant, the first to begin.
    pub(crate) fn take_ended(&mut self, now: Duration) -> Vec<J> {
        self.run_until(now);
        std::mem::take(&mut self.ended)
    }

    /// Each job that ends on the way ends at its own time, however late this is called.
    fn run_until(&mut self, until: Duration) {
        let until = until.max(self.now);
        while let Some(takes_ns) = self.takes_ns() {
            let left_ns = until.saturating_sub(self.now).as_nanos();
            let runs_ns = takes_ns.min(left_ns);
            let (numerator, denominator) = self.rate();
            self.service += runs_ns * NS * numerator / denominator;
            self.now = self.now.saturating_add(duration(runs_ns));
            if takes_ns > left_ns {
                break;
            }
            self.end_jobs();
        }
        self.now = until;
    }

    fn end_jobs(&mut self) {
        while let Some(first) = self.jobs.first_entry()
            && first.key().0 <= self.service
        {
            self.ended.push(first.remove());
        }
    }

    /// How long until the next job ends, in whole nanoseconds, rounded up.
    fn takes_ns(&self) -> Option<u128> {
        let ((end, _), _) = self.jobs.first_key_value()?;
        let (numerator, denominator) = self.rate();
        let left = end.saturating_sub(self.service);
        Some((left * denominator).div_ceil(numerator * NS))
    }

    /// The part of a core that each job has: a numerator and a denominator.
    fn rate(&self) -> (u128, u128) {
        let cores = u128::from(self.cores.thousandths());
        let all = self.jobs.len() as u128 * 1000;
        if cores < all { (cores, all) } else { (1, 1) }
    }
}

fn duration(ns: u128) -> Duration {
    let seconds = u64::try_from(ns / 1_000_000_000);
    let rest = u32::try_from(ns % 1_000_000_000).expect("less than a second");
    seconds.map_or(Duration::MAX, |seconds| Duration::new(seconds, rest))
}

#[cfg(test)]
mod tests;

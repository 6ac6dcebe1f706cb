//! What the runs of one setting came to.

use std::time::Duration;

use crate::command::plan::trial::{rounded, share};
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::sample_of_seed;
use crate::record::distribution::ms;
use crate::record::sample::{GroupSample, Sample};
use crate::result::remedies::Outcome;
use crate::result::sampled::makespan;
use crate::result::summary::lower_median;
use crate::scenario::definition::Scenario;
use crate::scenario::script::Task;

/// How many runs there are, and the share of them in which all sessions have to succeed.
#[derive(Clone, Copy)]
pub(in crate::command) struct Wanted {
    pub(in crate::command) runs: u32,
    pub(in crate::command) share: f64,
}

/// What one run came to.
struct Counted {
    succeeded: u64,
    sessions: u64,
    last_token: Option<Duration>,
    last_done: Option<Duration>,
    requests: u64,
}

impl Wanted {
    /// Plays a scenario with one seed after the other.
    ///
    /// # Errors
    /// If a policy hardly waits, so that virtual time does not advance.
    pub(super) fn play(self, scenario: &Scenario, cores: Cores) -> Result<Outcome, SimulateError> {
        let (outcome, _) = self.play_while(scenario, cores, || true)?;
        Ok(outcome)
    }

    /// The same, until all are played or it does not go on, which is asked before each run but the first; and how many were
    /// played.
    ///
    /// # Errors
    /// As of [`Self::play`].
    pub(in crate::command) fn play_while(
        self,
        scenario: &Scenario,
        cores: Cores,
        goes_on: impl Fn() -> bool + Sync,
    ) -> Result<(Outcome, u32), SimulateError> {
        let run = |run: usize| {
            if run > 0 && !goes_on() {
                return Ok(None);
            }
            let run = u64::try_from(run).unwrap_or(u64::MAX);
            let sample = sample_of_seed(scenario, scenario.seed.wrapping_add(run))?;
            Ok(Some(Counted::of(scenario, &sample)))
        };
        let runs = cores.share(self.runs as usize, run, || ());
        let runs = runs.into_iter().collect::<Result<Vec<_>, _>>()?;
        let runs: Vec<Counted> = runs.into_iter().flatten().collect();
        let awaited = scenario.groups.iter().filter(|group| !group.background);
        let mut asking = awaited.filter(|group| !Task::token_requests(&group.script).is_empty());
        let for_tokens = asking.next().is_some();
        let played = u32::try_from(runs.len()).unwrap_or(u32::MAX);
        Ok((self.summed(&runs, for_tokens), played))
    }

    /// The runs of sessions some of which ask for tokens, or none.
    fn summed(self, runs: &[Counted], for_tokens: bool) -> Outcome {
        let all = runs.iter().filter(|run| run.succeeded == run.sessions);
        let share = part(all.count() as u64, runs.len() as u64);
        let sum = |of: fn(&Counted) -> u64| runs.iter().map(of).sum::<u64>();
        let median = |of: fn(&Counted) -> u64| {
            let mut numbers: Vec<u64> = runs.iter().map(of).collect();
            numbers.sort_unstable();
            numbers[(numbers.len() - 1) / 2]
        };
        let time = |of: fn(&Counted) -> Option<Duration>| {
            let never = |run| of(run).map_or(f64::INFINITY, ms);
            let times = runs.iter().map(never).collect();
            lower_median(times).filter(|time: &f64| time.is_finite())
        };
        Outcome {
            holds: share >= self.share,
            share,
            sessions: median(|run| run.sessions),
            succeeded: median(|run| run.succeeded),
            succeeded_least: runs.iter().map(|run| run.succeeded).min().unwrap_or(0),
            success_ratio: part(sum(|run| run.succeeded), sum(|run| run.sessions)),
            last_token_ms: time(|run| run.last_token),
            last_done_ms: time(|run| run.last_done),
            requests: for_tokens.then(|| median(|run| run.requests)),
        }
    }
}

impl Counted {
    fn of(scenario: &Scenario, sample: &Sample) -> Self {
        let groups = scenario.groups.iter().zip(&sample.groups);
        let direct = groups.filter(|(group, _)| !group.background && group.broker().is_none());
        let direct: u64 = direct.map(|(_, group)| group.attempts).sum();
        let sum = |of: fn(&GroupSample) -> u64| sample.awaited().map(of).sum();
        let last_done = sample.awaited().filter_map(|group| group.last_done).max();
        let first = sample.first_start.unwrap_or_default();
        Self {
            succeeded: sum(|group| group.succeeded),
            sessions: sum(|group| group.total),
            last_token: makespan(sample),
            last_done: last_done.map(|done| done.saturating_sub(first)),
            requests: direct + sample.relayed,
        }
    }
}

fn part(part: u64, whole: u64) -> f64 {
    rounded(share(part, whole))
}

//! One try of a search: a scenario simulated with many seeds, and how often it was as required.

use serde::Serialize;

use super::interval::wilson;
use super::pool;
use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::simulate;
use crate::result::run::RunResult;
use crate::result::summary::lower_median;
use crate::result::verdict::Verdict;
use crate::scenario::definition::Scenario;

/// The result of one try. Times are medians of its runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Trial {
    /// What was tried: sessions, or milliseconds of spread.
    pub value: f64,
    /// Whether the requirements were met in as many runs as they have to be.
    pub holds: bool,
    /// The number of runs in which they were met.
    pub met: u32,
    /// Met by runs.
    pub share: f64,
    /// The lower end of the 95 % interval of that share.
    pub share_low: f64,
    /// The upper end.
    pub share_high: f64,
    /// From the first intended start to the last token; null: in half of the runs there was none.
    pub makespan_ms: Option<f64>,
    /// The least time in which the limits of rate and concurrency let the tokens be had that were got.
    pub limits_bound_ms: f64,
}

/// The runs of a try, and what they are judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct TrialSettings {
    /// How many runs a try has.
    pub(super) runs: u32,
    /// The share of runs that have to be as required.
    pub(super) confidence: f64,
}

/// One run of a try.
struct TrialRun {
    met: bool,
    makespan_ms: f64,
    limits_bound_ms: f64,
}

impl TrialSettings {
    /// Simulates a scenario, which expects what is required and has the seed of the first run, on all cores.
    pub(super) fn run(self, value: f64, scenario: &Scenario) -> Result<Trial, SimulateError> {
        let runs = usize::try_from(self.runs).unwrap_or(usize::MAX);
        let nth = |run: usize| scenario.run(u32::try_from(run).unwrap_or(u32::MAX));
        let results = pool::share(runs, |run| TrialRun::score(&nth(run)), || ());
        let results = results.into_iter().collect::<Result<Vec<TrialRun>, _>>()?;
        Ok(self.sum_up(value, &results))
    }

    fn sum_up(self, value: f64, results: &[TrialRun]) -> Trial {
        let met = results.iter().filter(|run| run.met).count();
        let met = u32::try_from(met).unwrap_or(u32::MAX);
        let (share_low, share_high) = wilson(met, self.runs);
        let median = |of: fn(&TrialRun) -> f64| lower_median(results.iter().map(of).collect());
        Trial {
            value,
            holds: f64::from(met) + 1e-9 >= self.confidence * f64::from(self.runs),
            met,
            share: rounded(f64::from(met) / f64::from(self.runs)),
            share_low: rounded(share_low),
            share_high: rounded(share_high),
            makespan_ms: median(|run| run.makespan_ms),
            limits_bound_ms: median(|run| run.limits_bound_ms).unwrap_or(f64::INFINITY),
        }
    }
}

impl TrialRun {
    fn score(scenario: &Scenario) -> Result<Self, SimulateError> {
        let result = RunResult::new(scenario, &simulate(scenario)?);
        Ok(Self {
            met: result.verdict == Verdict::Passed,
            makespan_ms: result.makespan_ms.unwrap_or(f64::INFINITY),
            limits_bound_ms: result.lower_bounds_ms.limits,
        })
    }
}

fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

//! The score of one policy in one case.

use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;

use super::case::PolicyCase;
use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::sample;
use crate::record::sample::{GroupSample, Sample};
use crate::result::sampled::{bounds, makespan};
use crate::result::summary::lower_median;
use crate::scenario::definition::Scenario;

/// The least bound that a makespan is divided by: below a window of the limits, the phase decides.
pub(crate) const LEAST_BOUND: Duration = Duration::from_secs(1);

/// The result of all runs of one case with one policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score {
    /// Makespan by the lower bound or [`LEAST_BOUND`], the median of the runs; `None` is never: in
    /// half of the runs or more a session got no token.
    pub ratio: Option<f64>,
    /// Attempts by tokens, the median of the runs; `None` if there was no token.
    pub attempts_per_token: Option<f64>,
    /// The sessions that failed, by all sessions of all runs.
    pub lost: f64,
}

/// Runs a case with one policy, the first run with this seed.
///
/// # Errors
/// If the policy hardly waits, so that virtual time does not advance.
pub(crate) fn score(
    case: &PolicyCase,
    policy: &Arc<Policy>,
    seed: u64,
) -> Result<Score, SimulateError> {
    let mut first = case.with_policy(policy);
    first.seed = seed;
    let mut ratios = Vec::new();
    let mut attempts = Vec::new();
    let (mut lost, mut sessions) = (0, 0);
    for scenario in first.runs(case.runs) {
        let sample = sample(&scenario)?;
        ratios.push(ratio(&scenario, &sample, case.down));
        attempts.push(attempts_per_token(&sample));
        lost += failed(&sample);
        sessions += failed(&sample) + succeeded(&sample);
    }
    Ok(Score {
        ratio: lower_median(ratios),
        attempts_per_token: lower_median(attempts),
        lost: count(lost) / count(sessions),
    })
}

/// Infinite where a session got no token.
fn ratio(scenario: &Scenario, sample: &Sample, down: Duration) -> f64 {
    match makespan(sample) {
        Some(makespan) if failed(sample) == 0 => {
            let bound = bounds(scenario, sample).largest().saturating_add(down);
            makespan.as_secs_f64() / bound.max(LEAST_BOUND).as_secs_f64()
        }
        _ => f64::INFINITY,
    }
}

fn attempts_per_token(sample: &Sample) -> f64 {
    let of_all = |of: fn(&GroupSample) -> u64| sample.groups.iter().map(of).sum();
    count(of_all(|group| group.attempts)) / count(of_all(|group| group.granted))
}

fn failed(sample: &Sample) -> u64 {
    sample.awaited().map(GroupSample::failed).sum()
}

fn succeeded(sample: &Sample) -> u64 {
    sample.awaited().map(|group| group.succeeded).sum()
}

#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

//! The score of one policy in one case.

use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;

use super::case::PolicyCase;
use crate::engine::simulate::failure::SimulateError;
use crate::engine::simulate::simulate;
use crate::record::raw::Raw;
use crate::result::run;
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
        let raw = simulate(&scenario)?;
        ratios.push(ratio(&scenario, &raw, case.down));
        attempts.push(attempts_per_token(&raw));
        let ended = raw.record.ended();
        lost += ended.failed;
        sessions += ended.succeeded + ended.failed;
    }
    Ok(Score {
        ratio: lower_median(ratios),
        attempts_per_token: lower_median(attempts),
        lost: count(lost) / count(sessions),
    })
}

/// Infinite where a session got no token.
fn ratio(scenario: &Scenario, raw: &Raw, down: Duration) -> f64 {
    let record = &raw.record;
    let span = record.last_token.zip(record.first_start);
    match span {
        Some((last, first)) if record.ended().failed == 0 => {
            let bound = run::bounds(scenario, raw).largest().saturating_add(down);
            let makespan = last.saturating_sub(first);
            makespan.as_secs_f64() / bound.max(LEAST_BOUND).as_secs_f64()
        }
        _ => f64::INFINITY,
    }
}

fn attempts_per_token(raw: &Raw) -> f64 {
    let attempts: u64 = raw.record.groups.iter().map(|group| group.attempts).sum();
    count(attempts) / count(raw.record.granted())
}

#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

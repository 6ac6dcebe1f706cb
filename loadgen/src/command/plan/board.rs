//! The result of a comparison: one line for each policy, and every case behind it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use imds_client::Policy;
use serde::Serialize;

use super::case::PolicyCase;
use super::score::{Score, score};
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::record::distribution::ms;

/// The version of the document.
pub(crate) const SCHEMA: u32 = 1;

/// The document of a comparison.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Board {
    /// The version of this document.
    pub schema: u32,
    /// The grid's or the scenario's name.
    pub name: String,
    /// The seed of the first run of each case.
    pub seed: u64,
    /// How the policies fared: first those that lost the fewest sessions in their worst case, then
    /// by the mean of their ratios.
    pub policies: Vec<PolicyResult>,
}

/// How one policy fared.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PolicyResult {
    /// Its name.
    pub policy: String,
    /// The share of sessions that it lost in its worst case.
    pub lost_in_worst_case: f64,
    /// The geometric mean of its families' means; null if it lost a session in any of them.
    pub ratio_mean: Option<f64>,
    /// By family of cases.
    pub families: BTreeMap<String, FamilyResult>,
    /// Case by case.
    pub cases: Vec<CaseResult>,
}

/// How one policy fared in the cases of one family. A ratio is a makespan by its lower bound.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct FamilyResult {
    /// The geometric mean of the ratios; null if a session was lost in one of the cases.
    pub ratio_mean: Option<f64>,
    /// The greatest ratio of all cases; null if in half of the runs of a case a session was lost.
    pub ratio_worst: Option<f64>,
    /// The mean of attempts by tokens; null if in one of the cases there was no token.
    pub attempts_per_token: Option<f64>,
    /// The share of sessions that it lost in its worst case.
    pub lost_in_worst_case: f64,
}

/// How one policy fared in one case; figures are medians of the runs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CaseResult {
    /// The family of the case.
    pub family: String,
    /// The VM.
    pub vm: String,
    /// The median of the service times.
    pub service_time_ms: f64,
    /// The size of the herd.
    pub sessions: u32,
    /// How many runs there were.
    pub runs: u32,
    /// Whether its ratio counts in the mean of the family.
    pub in_mean: bool,
    /// Makespan by lower bound (or a second, if that is more); null is never.
    pub ratio: Option<f64>,
    /// Attempts by tokens.
    pub attempts_per_token: Option<f64>,
    /// The share of sessions that failed.
    pub lost: f64,
}

/// Runs every case with every policy, on all cores; `done` is called after each.
///
/// # Errors
/// The first policy that hardly waits, so that virtual time does not advance.
pub(crate) fn compare(
    name: &str,
    cases: &[PolicyCase],
    policies: &[Arc<Policy>],
    seed: u64,
    done: impl Fn() + Sync,
) -> Result<Board, SimulateError> {
    let of = |index: usize| {
        (
            &cases[index / policies.len()],
            &policies[index % policies.len()],
        )
    };
    let work = |index: usize| {
        let (case, policy) = of(index);
        score(case, policy, seed)
    };
    let scores = Cores::All.share(cases.len() * policies.len(), work, done);
    let mut by_policy = vec![Vec::new(); policies.len()];
    for (index, score) in scores.into_iter().enumerate() {
        let (case, _) = of(index);
        by_policy[index % policies.len()].push(CaseResult::new(case, score?));
    }
    let results = policies.iter().zip(by_policy);
    let mut policies: Vec<_> = results
        .map(|(policy, cases)| PolicyResult::new(policy, cases))
        .collect();
    policies.sort_by(PolicyResult::rank);
    Ok(Board {
        schema: SCHEMA,
        name: name.to_owned(),
        seed,
        policies,
    })
}

impl PolicyResult {
    fn new(policy: &Policy, mut cases: Vec<CaseResult>) -> Self {
        cases.sort_by(CaseResult::order);
        let mut families: BTreeMap<String, Vec<&CaseResult>> = BTreeMap::new();
        for case in &cases {
            families.entry(case.family.clone()).or_default().push(case);
        }
        let families: BTreeMap<_, _> = families
            .into_iter()
            .map(|(name, cases)| (name, FamilyResult::new(&cases)))
            .collect();
        Self {
            policy: policy.name.clone(),
            lost_in_worst_case: worst(families.values().map(|family| family.lost_in_worst_case)),
            ratio_mean: geometric_mean(families.values().map(|family| family.ratio_mean)),
            families,
            cases,
        }
    }

    fn rank(&self, other: &Self) -> Ordering {
        let mean = |result: &Self| result.ratio_mean.unwrap_or(f64::INFINITY);
        let lost = self.lost_in_worst_case.total_cmp(&other.lost_in_worst_case);
        lost.then(mean(self).total_cmp(&mean(other)))
    }
}

impl FamilyResult {
    fn new(cases: &[&CaseResult]) -> Self {
        let lost = worst(cases.iter().map(|case| case.lost));
        let in_mean = || cases.iter().filter(|case| case.in_mean);
        let ratio_mean = geometric_mean(in_mean().map(|case| case.ratio));
        Self {
            ratio_mean: ratio_mean.filter(|_| lost == 0.0),
            ratio_worst: cases
                .iter()
                .map(|case| case.ratio)
                .collect::<Option<Vec<_>>>()
                .map(worst),
            attempts_per_token: mean(in_mean().map(|case| case.attempts_per_token)),
            lost_in_worst_case: lost,
        }
    }
}

impl CaseResult {
    fn new(case: &PolicyCase, score: Score) -> Self {
        Self {
            family: case.family.clone(),
            vm: case.vm.clone(),
            service_time_ms: ms(case.service_time),
            sessions: case.sessions,
            runs: case.runs,
            in_mean: case.in_mean,
            ratio: score.ratio,
            attempts_per_token: score.attempts_per_token,
            lost: score.lost,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        let names = (&self.family, &self.vm).cmp(&(&other.family, &other.vm));
        let service_time = self.service_time_ms.total_cmp(&other.service_time_ms);
        names
            .then(service_time)
            .then(self.sessions.cmp(&other.sessions))
    }
}

fn worst(figures: impl IntoIterator<Item = f64>) -> f64 {
    figures.into_iter().fold(0.0, f64::max)
}

/// None if one of the figures is, or there are none.
fn mean(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for figure in figures {
        sum += figure?;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

/// None if one of the figures is, or there are none.
fn geometric_mean(figures: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    mean(figures.map(|figure| figure.map(f64::ln))).map(f64::exp)
}

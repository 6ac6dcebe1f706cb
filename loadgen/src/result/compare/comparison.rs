//! The document of a comparison.

use schemars::JsonSchema;
use serde::Serialize;
use thiserror::Error;

use super::figures::Better;
use crate::result::chance::TestName;
use crate::result::verdict::Verdict;

/// The version of the comparison document.
pub(crate) const SCHEMA: u32 = 1;

/// A comparison. Null stands for "never", which is greater than every number.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Comparison {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name in the new result.
    pub scenario: String,
    /// What differs between the runs themselves, in words; figures may differ for that alone.
    pub notes: Vec<String>,
    /// How the figures were judged, in words: by tolerance, by which tests, by quantiles.
    pub method: String,
    /// Every figure that was compared.
    pub figures: Vec<Figure>,
    /// Failed if a figure got worse: by more than is tolerated, and if there is a test of it, by more than chance.
    pub verdict: Verdict,
}

/// One figure in both results.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Figure {
    /// The path in the result document.
    pub path: String,
    /// The figure in the base.
    pub base: Option<f64>,
    /// The figure in the new result.
    pub new: Option<f64>,
    /// The new one less the base; null where one of them is "never".
    pub change: Option<f64>,
    /// By how much it may get worse.
    pub tolerated: f64,
    /// Whether less is better, or more.
    pub better: Better,
    /// Whether it is more than chance; absent: there is no test of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<Test>,
    /// Of one run beside many simulated ones: where it lies among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is the same, or within what is tolerated.
    Same,
    /// It got better by more than is tolerated.
    Better,
    /// It got worse by more than is tolerated.
    Worse,
    /// It differs by more than is tolerated, which may be chance.
    Chance,
}

/// Why two results are not compared.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum CompareError {
    /// They are of runs under different conditions.
    #[error(
        "these results are not comparable ({}); pass --different to compare anyway",
        .0.join("; ")
    )]
    Different(Vec<String>),
    /// Tolerances for what is not in the results.
    #[error("{}", .0.join("\n"))]
    Paths(Vec<String>),
    /// A run is beside a summary that an earlier version made.
    #[error(
        "the summary has no figures of its runs, since an earlier version made it: make it again with simulate --runs N --out DIR"
    )]
    NoRuns,
}

/// What a test found of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Test {
    /// Which test it was.
    pub name: TestName,
    /// Two-sided, with four digits.
    pub p: f64,
    /// The same, adjusted by Holm for all tests of the comparison: at most 0.01, and it is more than chance.
    pub p_adjusted: f64,
}

/// Where a run lies among many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Place {
    /// The share of the simulated runs that were below it, and half of those that were equal: from 0 to 1.
    pub quantile: f64,
    /// Whether it lies outside of 1 to 99 %: were it one more run of the same, so few would be at or beyond its figure.
    /// Of fewer than 99 runs the least share that they can show takes the place of 1 %.
    pub outside: bool,
}

/// The conditions that make figures of two runs differ even if nothing has got worse. The seed does not count: a
/// scenario is to hold with any.
pub(super) fn differences(base: &[(&str, String)], new: &[(&str, String)]) -> Vec<String> {
    let sides = base.iter().zip(new);
    let differing = sides.filter(|((_, base), (_, new))| base != new);
    differing
        .map(|((what, base), (_, new))| format!("{what}: {base} and {new}"))
        .collect()
}

pub(super) fn verdict(figures: &[Figure]) -> Verdict {
    if figures.iter().any(|f| f.outcome == Outcome::Worse) {
        Verdict::Failed
    } else {
        Verdict::Passed
    }
}

/// `gain` is not a number where both are "never".
pub(super) fn outcome(gain: f64, tolerated: f64) -> Outcome {
    if gain < -tolerated {
        Outcome::Worse
    } else if gain > tolerated {
        Outcome::Better
    } else {
        Outcome::Same
    }
}

pub(super) fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

/// Figures have at most four decimals.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

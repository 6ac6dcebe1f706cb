//! Two results, or two summaries, of one scenario side by side: what got worse by more than is tolerated.

pub(crate) mod documents;
mod figures;
mod outcome;
mod tolerance;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use crate::result::judging;
use crate::result::paths;
use crate::result::verdict::Verdict;

pub(crate) use self::figures::Better;
pub(crate) use self::outcome::Outcomes;
pub(crate) use self::tolerance::Tolerance;

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
    /// Every figure that was compared.
    pub figures: Vec<Figure>,
    /// Failed if a figure got worse by more than is tolerated.
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
}

/// Why two results are not compared.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum CompareError {
    /// They are of runs under different conditions.
    #[error(
        "the results are not of the same play ({}); --different compares them all the same",
        .0.join("; ")
    )]
    Different(Vec<String>),
    /// Tolerances for what is not in the results.
    #[error("{}", .0.join("\n"))]
    Paths(Vec<String>),
}

/// Compares. With `different`, runs under different conditions are allowed, and the differences are noted.
///
/// # Errors
/// If the conditions of the runs differ, or a tolerance names no figure of the results.
pub(crate) fn compare(
    base: &impl Outcomes,
    new: &impl Outcomes,
    tolerances: &[Tolerance],
    different: bool,
) -> Result<Comparison, CompareError> {
    let notes = differences(&base.conditions(), &new.conditions());
    if !different && !notes.is_empty() {
        return Err(CompareError::Different(notes));
    }
    let (old, now) = (base.document(), new.document());
    let usual = new.paths(&old);
    let paths = figures::paths(usual, &old, &now, tolerances).map_err(CompareError::Paths)?;
    let figure = |path: &String| figure(path, &old, &now, tolerances);
    let figures: Vec<Figure> = paths.iter().map(figure).collect();
    let worse = figures.iter().any(|f| f.outcome == Outcome::Worse);
    Ok(Comparison {
        schema: SCHEMA,
        scenario: new.scenario().to_owned(),
        notes,
        figures,
        verdict: if worse {
            Verdict::Failed
        } else {
            Verdict::Passed
        },
    })
}

/// The conditions that make figures of two runs differ even if nothing has got worse. The seed does not count: a
/// scenario is to hold with any.
fn differences(base: &[(&str, String)], new: &[(&str, String)]) -> Vec<String> {
    let sides = base.iter().zip(new);
    let differing = sides.filter(|((_, base), (_, new))| base != new);
    differing
        .map(|((what, base), (_, new))| format!("{what}: {base} and {new}"))
        .collect()
}

fn figure(path: &str, base: &Value, new: &Value, tolerances: &[Tolerance]) -> Figure {
    let (base, new) = (paths::number(base, path), paths::number(new, path));
    let tolerated = tolerance::tolerated(path, base, tolerances);
    let better = Better::of(path);
    let finite = |number: f64| number.is_finite().then_some(number);
    // Of refusals and failures none is no time at all; of all else it is "never".
    let none_is_good = judging::is_good_if_none(path);
    let of = |number: f64| finite(number).unwrap_or(if none_is_good { 0.0 } else { number });
    Figure {
        path: path.to_owned(),
        base: finite(base),
        new: finite(new),
        change: finite(rounded(new - base)),
        tolerated: finite(rounded(tolerated)).unwrap_or_default(),
        better,
        outcome: outcome(better.gain(of(base), of(new)), tolerated),
    }
}

/// `gain` is not a number where both are "never".
fn outcome(gain: f64, tolerated: f64) -> Outcome {
    if gain < -tolerated {
        Outcome::Worse
    } else if gain > tolerated {
        Outcome::Better
    } else {
        Outcome::Same
    }
}

/// Figures have at most four decimals.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests;

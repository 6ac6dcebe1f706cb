//! Two results, or two summaries, of one scenario side by side: what got worse by more than is tolerated, and of summaries
//! by more than chance.

mod comparison;
pub(crate) mod documents;
mod figures;
mod outcome;
mod parity;
mod significance;
mod tolerance;

use serde_json::Value;

use crate::result::judging;
use crate::result::paths;

pub(crate) use self::comparison::{CompareError, Comparison, Figure, Outcome};
use self::comparison::{SCHEMA, differences, finite, outcome, rounded, verdict};
use self::figures::Better;
pub(crate) use self::outcome::Outcomes;
use self::significance::Method;
pub(crate) use self::tolerance::Tolerance;

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
    let method = Method::of(base.summary(), new.summary(), &paths);
    let figure = |path: &String| {
        let tolerance = |base| tolerance::tolerated(path, base, tolerances, method.tests(path));
        figure(path, &old, &now, tolerance)
    };
    let mut figures: Vec<Figure> = paths.iter().map(figure).collect();
    method.judge(&mut figures);
    Ok(Comparison {
        schema: SCHEMA,
        scenario: new.scenario().to_owned(),
        notes,
        method: method.words(),
        verdict: verdict(&figures),
        figures,
    })
}

fn figure(path: &str, base: &Value, new: &Value, tolerated: impl Fn(f64) -> f64) -> Figure {
    let (base, new) = (paths::number(base, path), paths::number(new, path));
    let tolerated = tolerated(base);
    let better = Better::of(path);
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
        test: None,
        place: None,
        outcome: outcome(better.gain(of(base), of(new)), tolerated),
    }
}

#[cfg(test)]
mod tests;

//! One run beside many simulated ones: at which of their quantiles it lies.

use super::comparison::{CompareError, Comparison, Figure, Outcome, Place, SCHEMA};
use super::comparison::{differences, finite, outcome, rounded, verdict};
use super::figures::Better;
use super::outcome::Outcomes;
use super::tolerance::{Tolerance, tolerated};
use crate::result::judging;
use crate::result::run::RunResult;
use crate::result::summary::Summary;

/// Outside of 1 to 99 % a run is flagged, if there are runs enough to tell.
const EXTREME: f64 = 0.01;

/// Says of each figure of the summary at which quantile the run lies. It is worse, or better, if it is outside and
/// differs from the median by more than is tolerated.
///
/// # Errors
/// If the summary has no figures of its runs, the conditions differ, or a tolerance names no figure of the summary.
pub(crate) fn parity(
    base: &Summary,
    new: &RunResult,
    tolerances: &[Tolerance],
    different: bool,
) -> Result<Comparison, CompareError> {
    if base.samples.is_empty() {
        return Err(CompareError::NoRuns);
    }
    let notes = differences(&conditions(base), &conditions(new));
    if !different && !notes.is_empty() {
        return Err(CompareError::Different(notes));
    }
    let unknown = |tolerance: &&Tolerance| !base.samples.contains_key(&tolerance.path);
    let unknown = tolerances.iter().filter(unknown).map(|tolerance| {
        let known: Vec<&str> = base.samples.keys().map(String::as_str).collect();
        format!(
            "--tolerance {}: expected one of {}",
            tolerance.path,
            known.join(", ")
        )
    });
    let unknown: Vec<String> = unknown.collect();
    if !unknown.is_empty() {
        return Err(CompareError::Paths(unknown));
    }
    let document = new.to_json();
    let achieved = base.samples.keys().filter(|path| *path != "lower_bound_ms");
    let of = |path: &String| figure(path, base, judging::figure(&document, path), tolerances);
    let figures: Vec<Figure> = achieved.filter_map(of).collect();
    Ok(Comparison {
        schema: SCHEMA,
        scenario: new.scenario.clone(),
        notes,
        method: method(base.runs),
        verdict: verdict(&figures),
        figures,
    })
}

/// Those that runs of both kinds have. The seeds and the modes are to differ.
fn conditions(outcomes: &impl Outcomes) -> Vec<(&'static str, String)> {
    let mut conditions = outcomes.conditions();
    conditions.retain(|(what, _)| ["scenario", "sessions"].contains(what));
    conditions
}

fn method(runs: u32) -> String {
    let least = 100.0 / (f64::from(runs) + 1.0);
    let enough = if runs < 99 {
        format!(
            "; {runs} runs cannot show less than {least:.1} %, which is taken instead: 99 can show 1 %"
        )
    } else {
        String::new()
    };
    format!(
        "by tolerance from the median, and by the quantile of {runs} simulated runs: outside of 1 to 99 % (each side; \
         of a true model one figure in fifty is){enough}"
    )
}

/// None: it was not measured in this run, or in no simulated one.
fn figure(path: &str, base: &Summary, new: f64, tolerances: &[Tolerance]) -> Option<Figure> {
    let mut runs = base.figures_of_runs(path)?;
    runs.retain(|figure| !figure.is_nan());
    if runs.is_empty() || new.is_nan() {
        return None;
    }
    let median = base.metrics.get(path)?.p50.unwrap_or(f64::INFINITY);
    let place = place(&runs, new);
    let tolerated = tolerated(path, median, tolerances, false);
    let better = Better::of(path);
    let found = match outcome(better.gain(median, new), tolerated) {
        Outcome::Worse | Outcome::Better if !place.outside => Outcome::Chance,
        found => found,
    };
    Some(Figure {
        path: path.to_owned(),
        base: finite(median),
        new: finite(new),
        change: finite(rounded(new - median)),
        tolerated: rounded(tolerated),
        better,
        test: None,
        place: Some(place),
        outcome: found,
    })
}

/// Were the run one more of the same, each place among them would be as likely.
fn place(runs: &[f64], new: f64) -> Place {
    let share = |count: usize, all: f64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / all;
    let count = |holds: fn(f64, f64) -> bool| runs.iter().filter(|run| holds(**run, new)).count();
    let (below, above) = (count(|run, new| run < new), count(|run, new| run > new));
    let equal = runs.len() - below - above;
    let with_it = 1.0 + share(runs.len(), 1.0);
    let rarer = share(1 + equal + below.min(above), with_it);
    Place {
        quantile: rounded(share(2 * below + equal, 2.0 * share(runs.len(), 1.0))),
        outside: rarer <= EXTREME.max(1.0 / with_it),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_lies_between_those_below_and_those_above() {
        let runs: Vec<f64> = (1..=100).map(f64::from).collect();
        let at = |new| place(&runs, new);
        assert_eq!(
            at(50.0),
            Place {
                quantile: 0.495,
                outside: false
            }
        );
        assert_eq!(
            at(0.0),
            Place {
                quantile: 0.0,
                outside: true
            }
        );
        assert_eq!(
            at(1.0),
            Place {
                quantile: 0.005,
                outside: false
            }
        );
        assert_eq!(
            at(f64::INFINITY),
            Place {
                quantile: 1.0,
                outside: true
            }
        );
    }

    #[test]
    fn among_equals_a_run_is_in_the_middle() {
        let at = |new| place(&[f64::INFINITY; 200], new);
        assert_eq!(
            at(f64::INFINITY),
            Place {
                quantile: 0.5,
                outside: false
            }
        );
        assert!(at(3.0).outside);
    }

    #[test]
    fn of_few_runs_only_what_is_beyond_them_all_is_flagged() {
        let at = |new| place(&[1.0, 2.0, 3.0], new).outside;
        assert_eq!(
            [at(0.5), at(1.0), at(3.0), at(4.0)],
            [true, false, false, true]
        );
        assert!(
            method(3).contains("3 runs cannot show less than 25.0 %"),
            "{}",
            method(3)
        );
    }
}

//! A comparison as text.

use std::fmt::{self, Write};

use crate::report::table::{align_right, table};
use crate::result::compare::{Comparison, Figure, Outcome};
use crate::result::verdict::Verdict;

/// The report.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub(crate) fn text(comparison: &Comparison) -> String {
    let mut out = String::new();
    write(&mut out, comparison).expect("writing to a string does not fail");
    out
}

fn write(out: &mut String, comparison: &Comparison) -> fmt::Result {
    let beside_runs = placed(comparison);
    let against = if beside_runs {
        "beside simulated runs"
    } else {
        "against its baseline"
    };
    writeln!(out, "{} · {against}\n", comparison.scenario)?;
    for note in &comparison.notes {
        writeln!(out, "not comparable: {note}")?;
    }
    let (base, new) = if beside_runs {
        ("simulated p50", "this run")
    } else {
        ("base", "new")
    };
    let evidence = evidence(comparison);
    let mut table = table(&["", base, new, "change", "tolerated", evidence, ""]);
    for figure in &comparison.figures {
        table.add_row(row(figure));
    }
    align_right(&mut table, 1);
    writeln!(out, "{table}\n")?;
    writeln!(out, "judged         {}", comparison.method)?;
    writeln!(out, "baseline       {}", ending(comparison))
}

fn placed(comparison: &Comparison) -> bool {
    comparison
        .figures
        .iter()
        .any(|figure| figure.place.is_some())
}

/// What the column says that tells change from chance.
pub(super) fn evidence(comparison: &Comparison) -> &'static str {
    if placed(comparison) {
        "quantile"
    } else if comparison
        .figures
        .iter()
        .any(|figure| figure.test.is_some())
    {
        "p (Holm)"
    } else {
        ""
    }
}

/// What this column has of a figure.
pub(super) fn shown_evidence(figure: &Figure) -> String {
    match (&figure.place, &figure.test) {
        (Some(place), _) if place.outside => format!("{} outside", place.quantile),
        (Some(place), _) => place.quantile.to_string(),
        (None, Some(test)) => test.p_adjusted.to_string(),
        (None, None) => String::new(),
    }
}

fn ending(comparison: &Comparison) -> &'static str {
    let tested = !evidence(comparison).is_empty();
    match comparison.verdict {
        Verdict::Passed if tested => {
            "no figure is worse by more than is tolerated and by more than chance"
        }
        Verdict::Passed => "no figure is worse by more than is tolerated",
        Verdict::Failed => "REGRESSED",
    }
}

fn row(figure: &Figure) -> [String; 7] {
    let shown = |number: Option<f64>| number.map_or("never".to_owned(), |n| n.to_string());
    let outcome = match figure.outcome {
        Outcome::Same => "",
        Outcome::Chance => "may be chance",
        Outcome::Better => "better",
        Outcome::Worse => "WORSE",
    };
    [
        figure.path.clone(),
        shown(figure.base),
        shown(figure.new),
        figure.change.map_or("-".to_owned(), |n| n.to_string()),
        figure.tolerated.to_string(),
        shown_evidence(figure),
        outcome.to_owned(),
    ]
}

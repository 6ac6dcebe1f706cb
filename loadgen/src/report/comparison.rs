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
    writeln!(out, "{} · against its baseline\n", comparison.scenario)?;
    for note in &comparison.notes {
        writeln!(out, "not the same play: {note}")?;
    }
    let mut table = table(&["", "base", "new", "change", "tolerated", ""]);
    for figure in &comparison.figures {
        table.add_row(row(figure));
    }
    align_right(&mut table, 1);
    writeln!(out, "{table}\n")?;
    let verdict = match comparison.verdict {
        Verdict::Passed => "no figure is worse by more than is tolerated",
        Verdict::Failed => "REGRESSED",
    };
    writeln!(out, "baseline       {verdict}")
}

fn row(figure: &Figure) -> [String; 6] {
    let shown = |number: Option<f64>| number.map_or("never".to_owned(), |n| n.to_string());
    let outcome = match figure.outcome {
        Outcome::Same => "",
        Outcome::Better => "better",
        Outcome::Worse => "WORSE",
    };
    [
        figure.path.clone(),
        shown(figure.base),
        shown(figure.new),
        figure.change.map_or("-".to_owned(), |n| n.to_string()),
        figure.tolerated.to_string(),
        outcome.to_owned(),
    ]
}

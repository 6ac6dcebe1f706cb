//! The summary of many runs as text.

use std::fmt::{self, Write};

use crate::report::table::{align_right, table};
use crate::result::in_words::InWords;
use crate::result::summary::in_words::in_words;
use crate::result::summary::{Spread, Summary};
use crate::result::verdict::Verdict;

/// The report. `replay` is the command that makes the same runs again.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub(crate) fn text(summary: &Summary, replay: &str) -> String {
    let mut out = String::new();
    write(&mut out, summary, replay).expect("writing to a string does not fail");
    out
}

fn write(out: &mut String, summary: &Summary, replay: &str) -> fmt::Result {
    let Summary {
        scenario,
        runs,
        first_seed,
        passed,
        ..
    } = summary;
    writeln!(
        out,
        "{scenario} · simulated · {runs} runs from seed {first_seed}\n"
    )?;
    let mut table = table(&["", "min", "p5", "p50", "p95", "max", "mean"]);
    for (path, spread) in summary.shown_metrics() {
        table.add_row(std::iter::once(path.clone()).chain(figures(spread)));
    }
    align_right(&mut table, 1);
    writeln!(out, "{table}\n")?;
    for expectation in &summary.expectations {
        let (path, expected) = (&expectation.path, &expectation.expected);
        let met = expectation.told(*runs);
        writeln!(out, "met in {met}   {path} {expected}")?;
    }
    let InWords { happened, change } = in_words(summary);
    writeln!(out, "happened       {happened}")?;
    if let Some(change) = change {
        writeln!(out, "to change      {change}")?;
    }
    let verdict = if summary.verdict == Verdict::Passed {
        "passed"
    } else {
        "FAILED"
    };
    for (what, run) in summary.named_runs() {
        match &run.explain {
            Some(explain) => writeln!(out, "{what:<15}{explain}")?,
            None => writeln!(out, "{what:<15}seed {}", run.seed)?,
        }
    }
    writeln!(out, "verdict        {verdict} ({passed} of {runs} runs)")?;
    writeln!(out, "replay         {replay}")
}

fn figures(spread: &Spread) -> [String; 6] {
    (spread.shown()).map(|figure| figure.map_or("never".to_owned(), |f| f.to_string()))
}

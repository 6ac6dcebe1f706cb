//! The sources of a merged result, as a table; nothing of one run.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::report::text::sources::{COLUMNS, cells, told};
use crate::result::run::{NoSum, RunResult};

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    if result.sources.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "| {} |\n|---|--:|--:|--:|--:|--:|--:|--:|---|",
        COLUMNS.join(" | ")
    )?;
    for source in &result.sources {
        let cells = cells(source).map(|cell| escaped(&cell));
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out)?;
    notes(out, result)
}

/// What is to be known of single sources, and of sums.
fn notes(out: &mut String, result: &RunResult) -> fmt::Result {
    for what in told(result) {
        writeln!(out, "- {}", escaped(&what))?;
    }
    for NoSum { paths, instead } in &result.no_sums {
        writeln!(
            out,
            "- No sum, but {instead}: {}",
            escaped(&paths.join(", "))
        )?;
    }
    writeln!(out)
}

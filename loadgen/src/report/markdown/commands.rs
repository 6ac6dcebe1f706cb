//! Real processes in the place of sessions, as tables.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::report::commands::{MOST_LISTED, ends, tables};
use crate::result::run::RunResult;

/// Nothing where there were none.
pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(commands) = &result.commands else {
        return Ok(());
    };
    writeln!(out, "Processes: {}.\n", escaped(&ends(commands)))?;
    for shown in tables(commands, MOST_LISTED) {
        writeln!(out, "### {}\n", escaped(&shown.title))?;
        writeln!(out, "| {} |", shown.header.join(" | "))?;
        writeln!(out, "|---|{}", "--:|".repeat(shown.header.len() - 1))?;
        for row in &shown.rows {
            let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        match &shown.note {
            Some(note) => writeln!(out, "\n{note}\n")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

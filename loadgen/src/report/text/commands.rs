//! Real processes in the place of sessions.

use std::fmt::{self, Write};

use crate::report::commands::{MOST_LISTED, ends, tables};
use crate::report::table::{align_right, table};
use crate::result::run::RunResult;

/// Nothing where there were none.
pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(commands) = &result.commands else {
        return Ok(());
    };
    writeln!(out, "processes      {}", ends(commands))?;
    for shown in tables(commands, MOST_LISTED) {
        writeln!(out, "\n{}", shown.title)?;
        let mut table = table(&shown.header);
        for row in &shown.rows {
            table.add_row(row);
        }
        align_right(&mut table, 1);
        writeln!(out, "{table}")?;
        if let Some(note) = &shown.note {
            writeln!(out, " {note}")?;
        }
    }
    Ok(())
}

//! What stood between sessions and IMDS, as a table; nothing where nothing did.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::report::text::through::facts;
use crate::result::run::RunResult;

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let facts = facts(result);
    if facts.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Through |\n|---|")?;
    for what in facts {
        writeln!(out, "| {} |", escaped(&what))?;
    }
    writeln!(out)
}

//! What the processor did, as a table; nothing where nothing costs anything.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::report::text::processor::facts;
use crate::result::run::RunResult;

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(processor) = &result.processor else {
        return Ok(());
    };
    writeln!(out, "| Processor | |\n|---|---|")?;
    for (name, what) in facts(processor) {
        writeln!(out, "| {name} | {} |", escaped(&what))?;
    }
    writeln!(out)
}

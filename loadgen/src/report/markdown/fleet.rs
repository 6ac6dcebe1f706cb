//! How the VMs of a fleet fared, as a table; nothing of one VM.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::report::text::fleet::facts;
use crate::result::run::RunResult;

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(fleet) = &result.fleet else {
        return Ok(());
    };
    writeln!(out, "| Fleet | |\n|---|---|")?;
    for (name, what) in facts(fleet) {
        writeln!(out, "| {name} | {} |", escaped(&what))?;
    }
    writeln!(out)
}

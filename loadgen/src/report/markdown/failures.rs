//! Each kind of failure with an example, as a table.

use std::fmt::{self, Write};

use super::escape::{code_in_cell, escaped};
use crate::report::text::failures::{heading, seen};
use crate::result::run::{FailureExample, FailureResult};

/// Nothing where nothing failed.
pub(super) fn write(out: &mut String, failures: &[FailureResult]) -> fmt::Result {
    if failures.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "| failed | kind | count | example | because | seen |\n|---|---|--:|---|---|---|"
    )?;
    for failure in failures {
        let (step, kind) = (escaped(&failure.step), code_in_cell(&failure.kind));
        let count = failure.count;
        let example = failure
            .example
            .as_ref()
            .map_or([const { String::new() }; 3], cells);
        let [example, because, seen] = example.map(|cell| escaped(&cell));
        writeln!(
            out,
            "| {step} | {kind} | {count} | {example} | {because} | {seen} |"
        )?;
    }
    writeln!(out)
}

fn cells(example: &FailureExample) -> [String; 3] {
    [
        heading(example),
        example.because.clone(),
        seen(&example.message),
    ]
}

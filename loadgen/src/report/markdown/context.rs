//! What happened to the Azure context, as a table; nothing where no session had one.

use std::fmt::{self, Write};

use super::escape::escaped;
use crate::record::distribution::Percentiles;
use crate::report::length::length;
use crate::report::text::context::facts;
use crate::result::run::RunResult;

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let Some(in_force) = &result.context.in_force else {
        return Ok(());
    };
    writeln!(out, "| Azure context | |\n|---|---|")?;
    for (name, what) in facts(result, in_force) {
        writeln!(out, "| {name} | {} |", escaped(&what))?;
    }
    let lock = &result.context.lock;
    writeln!(
        out,
        "| profile's file, waited for | {} |",
        times(&lock.wait_ms)
    )?;
    writeln!(
        out,
        "| profile's file, held for writing | {} |\n",
        times(&lock.held_ms)
    )
}

fn times(times: &Percentiles) -> String {
    let [p50, p99, max] = [times.p50, times.p99, times.max].map(length);
    format!("median {p50}, 99th percentile {p99}, at most {max}")
}

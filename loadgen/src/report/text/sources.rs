//! The sources of a merged result, and what is no sum of them; nothing of one run.

use std::fmt::{self, Write};

use crate::report::length::{length, time_to_token};
use crate::report::table::{align_right, table};
use crate::result::run::{NoSum, RunResult, Source};
use crate::result::verdict::Verdict;

/// The columns of a source. All from the second to the last but one are numbers.
pub(in crate::report) const COLUMNS: [&str; 9] = [
    "source", "sessions", "ok", "attempts", "refused", "p50", "p99", "makespan", "verdict",
];

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    if result.sources.is_empty() {
        return Ok(());
    }
    let mut table = table(&COLUMNS);
    for source in &result.sources {
        table.add_row(cells(source));
    }
    align_right(&mut table, 1);
    writeln!(out, "{table}\n")?;
    for what in told(result) {
        writeln!(out, "source         {what}")?;
    }
    for NoSum { paths, instead } in &result.no_sums {
        writeln!(out, "no sum         {instead}: {}", paths.join(", "))?;
    }
    writeln!(out)
}

/// The row of a source.
pub(in crate::report) fn cells(source: &Source) -> [String; 9] {
    let time = |ms| time_to_token(&source.time_to_token_curve, ms);
    [
        source.name.clone(),
        source.sessions.to_string(),
        source.succeeded.to_string(),
        source.attempts.to_string(),
        source.refused.total().to_string(),
        time(source.time_to_token_ms.p50),
        time(source.time_to_token_ms.p99),
        length(source.makespan_ms),
        verdict(source).to_owned(),
    ]
}

/// The mode of a run, and where it asked.
pub(in crate::report) fn mode(result: &RunResult) -> String {
    let mode = result.mode.name();
    match &result.target {
        Some(target) => format!("{mode} against {target}"),
        None if result.has_target() => format!("{mode} against different targets"),
        None => mode.to_owned(),
    }
}

/// What is to be known of single sources.
pub(in crate::report) fn told(result: &RunResult) -> Vec<String> {
    let of_source = |source| target(result, source).into_iter().chain(of_source(source));
    result.sources.iter().flat_map(of_source).collect()
}

/// The source's own target, where all do not have the same.
fn target(result: &RunResult, source: &Source) -> Option<String> {
    let target = source.target.as_ref().filter(|_| result.target.is_none())?;
    Some(format!("{}: against {target}", source.name))
}

fn of_source(source: &Source) -> Vec<String> {
    let name = &source.name;
    let not_met = source
        .not_met
        .iter()
        .map(|what| format!("{name}: not met: {what}"));
    let mut told: Vec<String> = not_met.collect();
    if source.cut_short {
        told.push(format!("{name}: cut short"));
    }
    if source.generator_late {
        told.push(format!("{name}: the load generator fell behind"));
    }
    if let Some(dropped) = source.connections_dropped.filter(|dropped| *dropped > 0) {
        told.push(format!("{name}: {dropped} connections were dropped"));
    }
    told
}

/// Whether all is as expected of a source.
pub(in crate::report) fn verdict(source: &Source) -> &'static str {
    if source.verdict == Verdict::Passed {
        "passed"
    } else {
        "FAILED"
    }
}

/// The seed of a run, or how many sources a merged result has.
pub(in crate::report) fn seed(result: &RunResult) -> String {
    match result.sources.len() {
        0 => format!("seed {}", result.seed),
        sources => format!("{sources} sources"),
    }
}

//! Tables for spreadsheets and data frames: comma separated values with a header, as RFC 4180 has it.
//! Lengths of time are in milliseconds; an empty field is null.

use csv::Writer;
use serde::Serialize;

use crate::record::timeline::Second;
use crate::record::traces::{AttemptOutcome, SessionOutcome, SessionTrace};
use crate::result::run::{RunResult, Source};
use crate::result::summary::Summary;
use crate::result::verdict::Verdict;

/// One row for each session whose trace is kept.
#[derive(Serialize)]
struct SessionRow<'r> {
    session: u32,
    group: &'r str,
    intended_start_ms: f64,
    started_ms: Option<f64>,
    ended_ms: Option<f64>,
    outcome: SessionOutcome,
    failure: Option<&'r str>,
    attempts: u32,
    waiting_ms: f64,
}

/// One row for each attempt that is kept.
#[derive(Serialize)]
struct AttemptRow<'r> {
    session: u32,
    group: &'r str,
    step: u32,
    kind: &'r str,
    retry_index: u32,
    sent_ms: f64,
    ended_ms: Option<f64>,
    latency_ms: Option<f64>,
    outcome: AttemptOutcome,
    status: Option<u16>,
    refused_by: Option<&'r str>,
    no_answer: Option<&'r str>,
    wait_after_ms: Option<f64>,
}

/// One row for each source of a merged result.
#[derive(Serialize)]
struct SourceRow<'r> {
    source: &'r str,
    verdict: Verdict,
    sessions: u64,
    succeeded: u64,
    success_ratio: f64,
    attempts: u64,
    refused: u64,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    max_ms: Option<f64>,
    makespan_ms: Option<f64>,
    cut_short: bool,
    generator_late: bool,
    connections_dropped: Option<u64>,
}

/// One row for each figure of a summary.
#[derive(Serialize)]
struct MetricRow<'s> {
    path: &'s str,
    min: Option<f64>,
    p5: Option<f64>,
    p50: Option<f64>,
    p95: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
}

/// The sessions whose trace is kept.
#[must_use]
pub(crate) fn sessions(result: &RunResult) -> String {
    let header = [
        "session",
        "group",
        "intended_start_ms",
        "started_ms",
        "ended_ms",
        "outcome",
        "failure",
        "attempts",
        "waiting_ms",
    ];
    let rows = result.traces.iter().map(|trace| SessionRow {
        session: trace.session,
        group: &trace.group,
        intended_start_ms: trace.intended_start_ms,
        started_ms: trace.started_ms,
        ended_ms: trace.ended_ms,
        outcome: trace.outcome,
        failure: trace.failure.as_deref(),
        attempts: trace.attempts,
        waiting_ms: trace.waiting_ms,
    });
    table(&header, rows)
}

/// The sources of a merged result.
#[must_use]
pub(crate) fn sources(result: &RunResult) -> String {
    let header = [
        "source",
        "verdict",
        "sessions",
        "succeeded",
        "success_ratio",
        "attempts",
        "refused",
        "p50_ms",
        "p99_ms",
        "max_ms",
        "makespan_ms",
        "cut_short",
        "generator_late",
        "connections_dropped",
    ];
    table(&header, result.sources.iter().map(SourceRow::new))
}

impl<'r> SourceRow<'r> {
    fn new(source: &'r Source) -> Self {
        Self {
            source: &source.name,
            verdict: source.verdict,
            sessions: source.sessions,
            succeeded: source.succeeded,
            success_ratio: source.success_ratio,
            attempts: source.attempts,
            refused: source.refused.total(),
            p50_ms: source.time_to_token_ms.p50,
            p99_ms: source.time_to_token_ms.p99,
            max_ms: source.time_to_token_ms.max,
            makespan_ms: source.makespan_ms,
            cut_short: source.cut_short,
            generator_late: source.generator_late,
            connections_dropped: source.connections_dropped,
        }
    }
}

/// Their attempts.
#[must_use]
pub(crate) fn attempts(result: &RunResult) -> String {
    let header = [
        "session",
        "group",
        "step",
        "kind",
        "retry_index",
        "sent_ms",
        "ended_ms",
        "latency_ms",
        "outcome",
        "status",
        "refused_by",
        "no_answer",
        "wait_after_ms",
    ];
    table(&header, result.traces.iter().flat_map(attempt_rows))
}

fn attempt_rows(trace: &SessionTrace) -> impl Iterator<Item = AttemptRow<'_>> {
    let steps = (1..).zip(&trace.steps);
    steps.flat_map(move |(number, step)| {
        let row = move |attempt| AttemptRow::new(trace, number, &step.step, attempt);
        step.attempts.iter().map(row)
    })
}

impl<'r> AttemptRow<'r> {
    fn new(
        trace: &'r SessionTrace,
        step: u32,
        kind: &'r str,
        attempt: &'r crate::record::traces::AttemptTrace,
    ) -> Self {
        Self {
            session: trace.session,
            group: &trace.group,
            step,
            kind,
            retry_index: attempt.retry_index,
            sent_ms: attempt.sent_ms,
            ended_ms: attempt.ended_ms,
            latency_ms: attempt.latency_ms,
            outcome: attempt.outcome,
            status: attempt.status,
            refused_by: attempt.refused_by.as_deref(),
            no_answer: attempt.no_answer.as_deref(),
            wait_after_ms: attempt.wait_after_ms,
        }
    }
}

/// What happened in each second.
#[must_use]
pub(crate) fn timeline(result: &RunResult) -> String {
    let header = [
        "second",
        "started",
        "sent",
        "granted",
        "refused_rate",
        "refused_concurrency",
        "refused_penalty",
        "refused_unnamed",
        "other",
    ];
    table::<Second>(&header, result.timeline.iter().copied())
}

/// The figures of many runs.
#[must_use]
pub(crate) fn of_runs(summary: &Summary) -> String {
    let rows = summary.metrics.iter().map(|(path, spread)| MetricRow {
        path,
        min: spread.min,
        p5: spread.p5,
        p50: spread.p50,
        p95: spread.p95,
        max: spread.max,
        mean: spread.mean,
    });
    table(&["path", "min", "p5", "p50", "p95", "max", "mean"], rows)
}

/// A row for each run: its seed, and the figures. "Never" is `inf`, which data frames read as a number; what was not
/// measured is empty.
#[must_use]
pub(crate) fn runs(first_seed: u64, columns: &[(&str, &[f64])]) -> String {
    let header: Vec<&str> = std::iter::once("seed")
        .chain(columns.iter().map(|(path, _)| *path))
        .collect();
    let count = columns.iter().map(|(_, figures)| figures.len()).max();
    let rows = (0..count.unwrap_or_default()).map(|run| {
        let seed = first_seed.wrapping_add(run as u64).to_string();
        let figures = columns.iter().map(|(_, figures)| field(figures[run]));
        std::iter::once(seed).chain(figures).collect::<Vec<_>>()
    });
    table(&header, rows)
}

fn field(figure: f64) -> String {
    if figure.is_nan() {
        String::new()
    } else {
        figure.to_string()
    }
}

/// A row for each value, of its fields in their order. The header is there even where no row is.
pub(crate) fn table<R: Serialize>(header: &[&str], rows: impl IntoIterator<Item = R>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(vec![]);
    let written = write(&mut writer, header, rows);
    written.expect("a row of plain fields can be written to memory");
    let bytes = writer.into_inner().expect("memory takes it all");
    String::from_utf8(bytes).expect("rows of text")
}

fn write<R: Serialize>(
    writer: &mut Writer<Vec<u8>>,
    header: &[&str],
    rows: impl IntoIterator<Item = R>,
) -> csv::Result<()> {
    let mut plain = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(vec![]);
    rows.into_iter().try_for_each(|row| plain.serialize(row))?;
    let plain = plain.into_inner().expect("memory takes it all");
    writer.write_record(header.iter().map(|field| as_text(field)))?;
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(plain.as_slice());
    rows.records()
        .try_for_each(|row| writer.write_record(row?.iter().map(as_text)))
}

/// Spreadsheets take what begins so for a formula, and what follows an apostrophe for text (OWASP, CSV injection).
/// Numbers stay as they are.
fn as_text(field: &str) -> String {
    let is_formula = field.len() > 1
        && field.starts_with(['=', '+', '-', '@', '\t', '\r'])
        && field.parse::<f64>().is_err();
    if is_formula {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_takes_for_a_formula_is_text_and_numbers_stay_numbers() {
        let rows = [("=1+1", -1.5), ("@SUM(1)", f64::NEG_INFINITY), ("-", 2.0)];
        let table = table(&["+name", "figure"], rows);
        assert_eq!(table, "'+name,figure\n'=1+1,-1.5\n'@SUM(1),-inf\n-,2.0\n");
    }
}

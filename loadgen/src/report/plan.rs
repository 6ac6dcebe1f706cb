//! The answer of a search as text, Markdown or CSV. Nothing is computed here but roundings.

mod sentences;

use std::fmt::Write;

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, Table, TableStyle};

use self::sentences::{amount, seconds};
use super::csv;
use super::markdown::escape::{code, escaped, sentence};
use crate::result::plan::{Answer, Decision, Evidence, Interval, RestsOn, Row, Sought, Trial};

pub(crate) use self::sentences::{heading, number, percent, sentences};

/// The longest bar of a row.
const BAR: f64 = 24.0;

/// A report to read.
pub(crate) fn text(answer: &Answer) -> String {
    let mut out = format!("{}\n\n{}\n", heading(answer), sentences(answer).join("\n"));
    for (title, table) in tables(answer, NOTHING) {
        write!(out, "\n{title}\n\n{table}\n").expect("a string takes it all");
    }
    writeln!(out, "\nreplay       {}", answer.replay).expect("a string takes it all");
    out
}

/// The same for a page or a job's summary.
pub(crate) fn markdown(answer: &Answer) -> String {
    let mut out = format!("**{}**\n\n", escaped(&heading(answer)));
    for told in sentences(answer) {
        writeln!(out, "- {}", sentence(&told)).expect("a string takes it all");
    }
    for (title, table) in tables(answer, ASCII_MARKDOWN) {
        write!(out, "\n### {title}\n\n{table}\n").expect("a string takes it all");
    }
    writeln!(out, "\n{}", code(&answer.replay)).expect("a string takes it all");
    out
}

/// One row for each try.
pub(crate) fn csv(answer: &Answer) -> String {
    let value = match answer.sought {
        Sought::Sessions => "sessions",
        Sought::SpreadMs => "spread_ms",
        Sought::IntervalMs => "interval_ms",
        Sought::StartsPerSecond => "starts_per_second",
    };
    let header = [
        value,
        "decision",
        "runs",
        "share",
        "share_low",
        "share_high",
        "target",
        "lost",
        "makespan_ms",
        "limits_bound_ms",
        "cut_short",
    ];
    csv::table(&header, answer.trials.iter().map(fields))
}

fn fields(trial: &Trial) -> [String; 11] {
    [
        trial.value.to_string(),
        decided(trial).to_owned(),
        trial.runs.to_string(),
        trial.share.to_string(),
        trial.share_low.to_string(),
        trial.share_high.to_string(),
        trial.target.to_string(),
        trial.lost.to_string(),
        trial.makespan_ms.map_or(String::new(), |ms| ms.to_string()),
        trial.limits_bound_ms.to_string(),
        trial.cut_short.to_string(),
    ]
}

/// One try in a few words, for progress.
pub(crate) fn in_short(sought: Sought, trial: &Trial) -> String {
    let (amount, share) = (amount(sought, trial.value), percent(trial.share));
    format!(
        "{amount}: {share} as required in {} runs, {}",
        trial.runs,
        decided(trial)
    )
}

fn tables(answer: &Answer, style: TableStyle) -> Vec<(&'static str, Table)> {
    let mut tables = vec![];
    if !answer.rows.is_empty() {
        tables.push(("If it is otherwise:", of_rows(answer, style)));
    }
    tables.push(("What it rests on:", of_assumptions(answer, style)));
    tables.push(("What was tried:", of_trials(answer, style)));
    tables
}

fn of_rows(answer: &Answer, style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(["assumption", "is", unit(answer.sought), "between", ""]);
    let numbers = answer
        .rows
        .iter()
        .filter_map(|row| row.answer)
        .chain(answer.answer);
    let most = numbers.fold(0.0, f64::max);
    let unchanged = Row {
        assumption: "answer".to_owned(),
        value: "as below".to_owned(),
        answer: answer.answer,
        interval: answer.interval,
        runs: 0,
    };
    for row in [&unchanged].into_iter().chain(&answer.rows) {
        let found = row
            .answer
            .map_or("none".to_owned(), |found| number(answer.sought, found));
        let none = if answer.sought.is_most() { 0.0 } else { BAR };
        let bar = row.answer.map_or(none, |found| found / most * BAR);
        table.add_row([
            row.assumption.clone(),
            row.value.clone(),
            found,
            between(answer.sought, row.interval),
            bar_of(bar),
        ]);
    }
    right(&mut table, 2..=3);
    table
}

fn of_assumptions(answer: &Answer, style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(["", "is", "", "because"]);
    for RestsOn {
        name,
        value,
        evidence,
        source,
        ..
    } in &answer.assumptions
    {
        table.add_row([name.as_str(), value, known(*evidence), source]);
    }
    table
}

fn of_trials(answer: &Answer, style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    let interval = format!("{} interval", percent(answer.confidence));
    table.set_header([
        unit(answer.sought),
        "runs",
        "share",
        &interval,
        "lost",
        "makespan",
        "by the limits",
        "",
    ]);
    for trial in &answer.trials {
        table.add_row([
            number(answer.sought, trial.value),
            trial.runs.to_string(),
            percent(trial.share),
            format!(
                "{} to {}",
                percent(trial.share_low),
                percent(trial.share_high)
            ),
            percent(trial.lost),
            trial.makespan_ms.map_or("never".to_owned(), seconds),
            seconds(trial.limits_bound_ms),
            decided(trial).to_owned(),
        ]);
    }
    right(&mut table, 0..=6);
    table
}

fn decided(trial: &Trial) -> &'static str {
    match trial.decision {
        _ if trial.cut_short > 0 => "ended before all were done",
        Decision::Holds => "holds",
        Decision::Fails => "fails",
        Decision::Undecided => "undecided",
    }
}

/// How something is known, in a word.
pub(crate) fn known(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Documented => "documented",
        Evidence::Measured => "measured",
        Evidence::Reported => "reported",
        Evidence::Assumed => "assumed",
        Evidence::Set => "set",
        Evidence::Read => "read",
    }
}

/// The heading of a column of numbers.
pub(crate) fn unit(sought: Sought) -> &'static str {
    match sought {
        Sought::Sessions => "sessions",
        Sought::SpreadMs => "spread",
        Sought::IntervalMs => "interval",
        Sought::StartsPerSecond => "starts/s",
    }
}

/// The ends of an interval.
pub(crate) fn between(sought: Sought, interval: Interval) -> String {
    let end = |end: Option<f64>| end.map_or("…".to_owned(), |end| number(sought, end));
    format!("{} to {}", end(interval.low), end(interval.high))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a short bar"
)]
fn bar_of(length: f64) -> String {
    "#".repeat(length.round().max(0.0) as usize)
}

fn right(table: &mut Table, columns: std::ops::RangeInclusive<usize>) {
    for column in columns {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

//! The remedies for a scenario as text or Markdown. Nothing is computed here but roundings.

mod sentences;

use std::fmt::Write;

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, Table, TableStyle};

use super::length::never;
use super::markdown::escape::{code, escaped, sentence};
use super::plan::known;
use crate::result::remedies::{Outcome, Remedies, Row};

pub(crate) use self::sentences::advice;
use self::sentences::{dependence, sessions};

/// The headings of the table.
pub(crate) const HEADINGS: [&str; 8] = [
    "remedy",
    "set to",
    "succeed",
    "last token",
    "all done",
    "requests",
    "to be changed",
    "depends on",
];

/// A report to read: what to do comes first.
pub(crate) fn text(remedies: &Remedies) -> String {
    let mut out = String::new();
    for sentence in advice(remedies) {
        writeln!(out, "{sentence}").expect("a string takes it all");
    }
    write!(out, "\n{}\n", heading(remedies)).expect("a string takes it all");
    write!(out, "\n{}\n\n", of_rows(remedies, NOTHING, str::to_owned))
        .expect("a string takes it all");
    for note in notes(remedies) {
        writeln!(out, "note         {note}").expect("a string takes it all");
    }
    write!(
        out,
        "\nWhat it rests on:\n\n{}\n",
        of_assumptions(remedies, NOTHING, str::to_owned)
    )
    .expect("a string takes it all");
    writeln!(out, "\nreplay       {}", remedies.replay).expect("a string takes it all");
    out
}

/// The advice, of which the first sentence is the answer.
fn said(remedies: &Remedies) -> String {
    let mut sentences = advice(remedies).into_iter();
    let mut out = format!("**{}**\n", sentence(&sentences.next().unwrap_or_default()));
    for told in sentences {
        write!(out, "\n{}\n", sentence(&told)).expect("a string takes it all");
    }
    out
}

/// The same for a page or a job's summary.
pub(crate) fn markdown(remedies: &Remedies) -> String {
    let mut out = said(remedies);
    write!(out, "\n{}\n", escaped(&heading(remedies))).expect("a string takes it all");
    write!(out, "\n{}\n\n", of_rows(remedies, ASCII_MARKDOWN, escaped))
        .expect("a string takes it all");
    for note in notes(remedies) {
        writeln!(out, "- {}", sentence(&note)).expect("a string takes it all");
    }
    write!(
        out,
        "\n### What it rests on\n\n{}\n",
        of_assumptions(remedies, ASCII_MARKDOWN, escaped)
    )
    .expect("a string takes it all");
    writeln!(out, "\n{}", code(&remedies.replay)).expect("a string takes it all");
    out
}

/// What was played.
pub(crate) fn heading(remedies: &Remedies) -> String {
    let Remedies {
        scenario,
        sessions,
        clients,
        runs,
        seed,
        ..
    } = remedies;
    let (clients, runs) = (clients.join(", "), sentences::runs(*runs));
    format!(
        "{scenario} · simulated · {sessions} sessions · client {clients} · {runs} a row, seeds from {seed}"
    )
}

/// The cells of a row, but for the heading of the row.
pub(crate) fn cells(row: &Row) -> [String; 7] {
    let of = |shown: &dyn Fn(&Outcome) -> String| {
        let outcome = row.outcome.as_ref();
        outcome.map_or("-".to_owned(), shown)
    };
    [
        of(&|_| row.setting.clone()),
        of(&sessions),
        of(&last_token),
        of(&|outcome| never(outcome.last_done_ms)),
        of(&|outcome| {
            let requests = outcome.requests;
            requests.map_or("-".to_owned(), |requests| requests.to_string())
        }),
        row.to_change.clone(),
        dependence(row),
    ]
}

/// When the last token comes, where sessions ask for tokens.
fn last_token(outcome: &Outcome) -> String {
    if outcome.requests.is_some() {
        never(outcome.last_token_ms)
    } else {
        "-".to_owned()
    }
}

/// Which groups stay as they are or go through another remedy before, in which rows, and why.
pub(crate) fn notes(remedies: &Remedies) -> Vec<String> {
    let mut all: Vec<(String, Vec<&str>)> = vec![];
    for row in &remedies.rows {
        for note in notes_of(row) {
            let name = row.remedy.name();
            match all.iter_mut().find(|one| one.0 == note) {
                Some((_, rows)) => rows.push(name),
                None => all.push((note, vec![name])),
            }
        }
    }
    let sentence = |(note, rows): (String, Vec<&str>)| {
        // Where nothing is changed, all groups stay as they are.
        let every = rows.len() + 1 == remedies.rows.len();
        let rows = if every {
            "every remedy".to_owned()
        } else {
            rows.join(", ")
        };
        format!("{rows}: {note}")
    };
    all.into_iter().map(sentence).collect()
}

fn notes_of(row: &Row) -> Vec<String> {
    let left_out = row.left_out.iter();
    let left_out = left_out.map(|(group, why)| format!("group {group} stays as it is: {why}"));
    let in_place_of = row.in_place_of.iter();
    let in_place_of = in_place_of
        .map(|(group, before)| format!("group {group} goes through it in the place of `{before}`"));
    left_out.chain(in_place_of).collect()
}

/// The rows as a table whose cells are written so.
fn of_rows(remedies: &Remedies, style: TableStyle, written: fn(&str) -> String) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(HEADINGS);
    for row in &remedies.rows {
        let cells = cells(row).map(|cell| written(&cell));
        let name = [row.remedy.name().to_owned()];
        table.add_row(name.into_iter().chain(cells));
    }
    for column in 2..=5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn of_assumptions(remedies: &Remedies, style: TableStyle, written: fn(&str) -> String) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(["", "is", "", "also played", "because"]);
    for one in &remedies.assumptions {
        let varied = one.varied.join(", ");
        let cells = [
            &one.name,
            &one.value,
            known(one.evidence),
            &varied,
            &one.source,
        ];
        table.add_row(cells.map(written));
    }
    table
}

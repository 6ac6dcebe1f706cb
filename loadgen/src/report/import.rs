//! What was imported as text or Markdown. Nothing is computed here but roundings.

use std::fmt::Write;

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, Table, TableStyle};

use super::length::never;
use super::markdown::escape::{code, escaped, sentence};
use super::remedies::advice;
use crate::result::import::{Busy, Imported, MinuteJob};
use crate::scenario::shell::quoted;

/// The most jobs of the worst minute that are listed; the document has all.
const MOST_LISTED: usize = 100;

/// A report to read: the worst minute comes first.
pub(crate) fn text(imported: &Imported) -> String {
    let mut out = String::new();
    for told in sentences(imported) {
        writeln!(out, "{told}").expect("a string takes it all");
    }
    let jobs = of_jobs(imported, NOTHING, str::to_owned);
    let groups = of_groups(imported, NOTHING, str::to_owned);
    write!(out, "\nIn that minute:\n\n{jobs}\n").expect("a string takes it all");
    write!(out, "\n{}\n\n{groups}\n\n", heading(imported)).expect("a string takes it all");
    for note in notes(imported) {
        writeln!(out, "note         {note}").expect("a string takes it all");
    }
    writeln!(out, "next         {}", next(imported)).expect("a string takes it all");
    writeln!(out, "replay       {}", imported.replay).expect("a string takes it all");
    out
}

/// The same for a page or a job's summary.
pub(crate) fn markdown(imported: &Imported) -> String {
    let mut out = String::new();
    for (number, told) in sentences(imported).iter().enumerate() {
        let told = sentence(told);
        let told = if number == 0 {
            format!("**{told}**")
        } else {
            told
        };
        write!(out, "{told}\n\n").expect("a string takes it all");
    }
    let jobs = of_jobs(imported, ASCII_MARKDOWN, escaped);
    let groups = of_groups(imported, ASCII_MARKDOWN, escaped);
    write!(
        out,
        "{jobs}\n\n{}\n\n{groups}\n\n",
        escaped(&heading(imported))
    )
    .expect("a string takes it all");
    for note in notes(imported) {
        writeln!(out, "- {}", sentence(&note)).expect("a string takes it all");
    }
    write!(
        out,
        "\n{}\n\n{}\n",
        code(&next(imported)),
        code(&imported.replay)
    )
    .expect("a string takes it all");
    out
}

/// The worst minute, other minutes that stand out, and what to do.
fn sentences(imported: &Imported) -> Vec<String> {
    let worst = &imported.worst.busy;
    let mut out = vec![format!("The worst minute is {}.", told(worst))];
    let most = &imported.most_starts;
    if most != worst {
        out.push(format!("Most sessions start in {}.", told(most)));
    }
    let longest = imported.longest_wait.as_ref();
    if let Some(longest) = longest.filter(|longest| *longest != worst) {
        out.push(format!(
            "The longest wait for a token is in {}.",
            told(longest)
        ));
    }
    if let Some(remedies) = &imported.remedies {
        out.extend(advice(remedies));
    }
    out
}

fn told(minute: &Busy) -> String {
    let Busy { begins, .. } = minute;
    let (starts, failed) = (sessions(minute.starts), minute.failed);
    let longest = never(minute.longest_token_ms);
    match (failed, minute.longest_token_ms) {
        (0, _) => {
            format!("{begins}: {starts}, none fails, the longest wait for a token is {longest}")
        }
        (_, None) => format!("{begins}: {starts}, {failed} fail, no token comes"),
        _ => {
            format!("{begins}: {starts}, {failed} fail, the longest wait for a token is {longest}")
        }
    }
}

fn sessions(number: u64) -> String {
    match number {
        1 => "1 session starts".to_owned(),
        many => format!("{many} sessions start"),
    }
}

fn heading(imported: &Imported) -> String {
    let Imported {
        scenario,
        format,
        jobs,
        starts,
        failed,
        begins,
        days,
        zone,
        seed,
        ..
    } = imported;
    let jobs = counted(*jobs as u64, "job");
    let starts = counted(*starts, "start");
    format!(
        "{scenario} · {format} · {jobs}, {starts} in {days} d from {begins} ({zone}) · {failed} fail, simulated once with seed {seed}"
    )
}

fn counted(number: u64, one: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {one}{end}")
}

fn of_jobs(imported: &Imported, style: TableStyle, written: fn(&str) -> String) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(["place", "client", "starts", "command"]);
    for job in imported.worst.jobs.iter().take(MOST_LISTED) {
        let MinuteJob {
            place,
            client,
            starts,
            command,
        } = job;
        table.add_row([place, client, &starts.to_string(), command].map(|cell| written(cell)));
    }
    right(&mut table, &[2]);
    table
}

fn of_groups(imported: &Imported, style: TableStyle, written: fn(&str) -> String) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(["group", "client", "jobs", "starts"]);
    for group in &imported.groups {
        let numbers = [group.jobs.to_string(), group.starts.to_string()];
        let [jobs, starts] = &numbers;
        table.add_row([&group.name, &group.client, jobs, starts].map(|cell| written(cell)));
    }
    right(&mut table, &[2, 3]);
    table
}

fn right(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn notes(imported: &Imported) -> Vec<String> {
    let mut notes = imported.notes.clone();
    let skipped = imported.skipped;
    notes.extend((skipped > 0).then(|| format!("left out by --skip: {skipped}")));
    let more = imported.worst.jobs.len().saturating_sub(MOST_LISTED);
    notes.extend(
        (more > 0).then(|| format!("{more} more jobs of that minute are in `--format json`")),
    );
    let delayed = imported
        .groups
        .iter()
        .any(|group| group.random_delay_ms > 0.0);
    notes.extend(delayed.then(|| {
        "random delays are drawn by each run, and so the minute in which a job starts".to_owned()
    }));
    notes
}

/// What to do with the scenario.
fn next(imported: &Imported) -> String {
    match (&imported.file, imported.worst_alone) {
        (Some(file), true) => format!("imds-loadgen remedies {}", quoted(file)),
        (Some(file), false) => format!("imds-loadgen simulate {}", quoted(file)),
        (None, _) => {
            "imds-loadgen simulate FILE, with the scenario in a file (--out FILE)".to_owned()
        }
    }
}

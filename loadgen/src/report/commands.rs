//! What is shown of real processes: tables that every form of the report has.

use std::collections::BTreeMap;

use super::length::length;
use crate::result::run::{
    BesideFigure, CmdletResult, CommandsResult, ProcessResult, SimulatedFigure, SimulatedHerd,
};

/// How many processes are listed where the reader cannot scroll.
pub(super) const MOST_LISTED: usize = 40;

const PROCESS: [&str; 9] = [
    "process",
    "end",
    "started",
    "took",
    "first token",
    "last token",
    "token requests",
    "refused",
    "Resource Manager",
];
const CMDLET: [&str; 5] = [
    "cmdlet",
    "tokens",
    "failed before",
    "requests to Resource Manager",
    "answers",
];
const FIGURE: [&str; 6] = [
    "figure",
    "real",
    "as planned",
    "from, to",
    "as asked",
    "from, to",
];

/// A table with a title.
#[derive(Clone, Debug)]
pub(super) struct ShownTable {
    pub title: String,
    pub header: Vec<&'static str>,
    /// The first column is text, the others are figures.
    pub rows: Vec<Vec<String>>,
    /// What is to be known of it, if anything.
    pub note: Option<String>,
}

/// How the processes ended, in a line.
#[must_use]
pub(super) fn ends(commands: &CommandsResult) -> String {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for process in &commands.processes {
        *ends.entry(end(process)).or_default() += 1;
    }
    let told: Vec<String> = ends
        .iter()
        .map(|(end, count)| format!("{count} {end}"))
        .collect();
    let last = length(commands.all_ended_ms);
    format!("{}; the last one ended after {last}", told.join(", "))
}

/// The tables: processes, of these at most `most`, cmdlets, and the simulation.
#[must_use]
pub(super) fn tables(commands: &CommandsResult, most: usize) -> Vec<ShownTable> {
    let mut tables = vec![processes(commands, most)];
    if !commands.cmdlets.is_empty() {
        tables.push(cmdlets(&commands.cmdlets));
    }
    tables.extend(commands.simulated.as_ref().map(beside));
    tables
}

/// Where not all are listed, those that did not succeed come first.
fn processes(commands: &CommandsResult, most: usize) -> ShownTable {
    let mut listed: Vec<&ProcessResult> = commands.processes.iter().collect();
    let mut notes: Vec<String> = output_note(&listed).into_iter().collect();
    let left_out = listed.len().saturating_sub(most);
    if left_out > 0 {
        listed.sort_by_key(|process| (process.exit_code == Some(0), process.process));
        listed.truncate(most);
        notes.insert(0, format!("{left_out} more are in result.json"));
    }
    ShownTable {
        title: "Processes".to_owned(),
        header: PROCESS.into(),
        rows: listed.into_iter().map(process).collect(),
        note: Some(notes.join("; ")).filter(|note| !note.is_empty()),
    }
}

/// That files do not have all that the processes printed.
fn output_note(processes: &[&ProcessResult]) -> Option<String> {
    let left_out = processes
        .iter()
        .map(|process| process.output_left_out_bytes);
    let (cut, bytes) = left_out
        .filter(|bytes| *bytes > 0)
        .fold((0_usize, 0_u64), |(cut, bytes), more| {
            (cut + 1, bytes.saturating_add(more))
        });
    (cut > 0).then(|| format!("{bytes} bytes that {cut} processes printed are not kept"))
}

fn process(process: &ProcessResult) -> Vec<String> {
    vec![
        process.process.to_string(),
        end(process),
        length(process.started_ms),
        length(process.took_ms),
        length(process.first_token_ms),
        length(process.last_token_ms),
        process.token_requests.to_string(),
        process.refused.to_string(),
        process.resource_manager_requests.to_string(),
    ]
}

fn cmdlets(cmdlets: &[CmdletResult]) -> ShownTable {
    let note = "A token is of the cmdlet whose request to Resource Manager comes next with a token of the same \
                identity.";
    ShownTable {
        title: "Cmdlets".to_owned(),
        header: CMDLET.into(),
        rows: cmdlets.iter().map(cmdlet).collect(),
        note: Some(note.to_owned()),
    }
}

fn cmdlet(it: &CmdletResult) -> Vec<String> {
    let statuses = it.by_status.iter();
    let statuses: Vec<String> = statuses
        .map(|(status, count)| format!("{count} × {status}"))
        .collect();
    let name = it.cmdlet.as_deref().unwrap_or("(none named)");
    let counts = [it.tokens, it.failed_token_requests, it.requests];
    let counts = counts.map(|count| count.to_string());
    let mut row = vec![name.to_owned()];
    row.extend(counts);
    row.push(statuses.join(", "));
    row
}

fn beside(simulated: &SimulatedHerd) -> ShownTable {
    let note = "Medians and ranges: of sessions that begin when the processes were to start (as planned), and when \
                they first asked (as asked).";
    let SimulatedHerd { client, runs, .. } = simulated;
    ShownTable {
        title: format!("Beside {runs} simulated runs of {client}"),
        header: FIGURE.into(),
        rows: simulated.figures.iter().map(beside_row).collect(),
        note: Some(note.to_owned()),
    }
}

fn beside_row(it: &BesideFigure) -> Vec<String> {
    let [median, range] = of_runs(&it.path, Some(&it.as_planned));
    let [asked_median, asked_range] = of_runs(&it.path, it.as_asked.as_ref());
    let real = figure(&it.path, it.real);
    vec![
        it.path.clone(),
        real,
        median,
        range,
        asked_median,
        asked_range,
    ]
}

/// Median and range.
fn of_runs(path: &str, simulated: Option<&SimulatedFigure>) -> [String; 2] {
    let Some(SimulatedFigure { spread, .. }) = simulated else {
        return ["-".to_owned(), "-".to_owned()];
    };
    let [min, max] = [spread.min, spread.max].map(|it| figure(path, it));
    let range = if min == max {
        min
    } else {
        format!("{min}, {max}")
    };
    [figure(path, spread.p50), range]
}

fn figure(path: &str, figure: Option<f64>) -> String {
    match figure {
        None => "never".to_owned(),
        Some(_) if path.contains("_ms") => length(figure),
        Some(figure) => figure.to_string(),
    }
}

fn end(process: &ProcessResult) -> String {
    match (process.exit_code, process.signal) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) if process.started_ms.is_none() => "not started".to_owned(),
        (None, None) if process.timed_out => "its time was over".to_owned(),
        (None, None) => "ended with the run".to_owned(),
    }
}

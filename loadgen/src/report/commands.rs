//! What is shown of real processes: tables that every form of the report has.

use std::collections::BTreeMap;

use super::length::length;
use crate::result::run::{
    BesideFigure, CmdletResult, CommandsResult, ProcessResult, SimulatedFigure, SimulatedHerd,
};

/// How many processes are listed where the reader cannot scroll.
pub(super) const MOST_LISTED: usize = 40;

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
    let left_out = listed.len().saturating_sub(most);
    if left_out > 0 {
        listed.sort_by_key(|process| (process.exit_code == Some(0), process.process));
        listed.truncate(most);
    }
    let header = [
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
    let row = |process: &ProcessResult| {
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
    };
    ShownTable {
        title: "Processes".to_owned(),
        header: header.into(),
        rows: listed.into_iter().map(row).collect(),
        note: (left_out > 0).then(|| format!("{left_out} more are in result.json")),
    }
}

fn cmdlets(cmdlets: &[CmdletResult]) -> ShownTable {
    let row = |it: &CmdletResult| {
        let statuses = it.by_status.iter();
        let statuses: Vec<String> = statuses
            .map(|(status, count)| format!("{count} × {status}"))
            .collect();
        vec![
            it.cmdlet
                .clone()
                .unwrap_or_else(|| "(none named)".to_owned()),
            it.tokens.to_string(),
            it.failed_token_requests.to_string(),
            it.requests.to_string(),
            statuses.join(", "),
        ]
    };
    ShownTable {
        title: "Cmdlets".to_owned(),
        header: vec![
            "cmdlet", "tokens", "failed before", "requests to Resource Manager", "answers",
        ],
        rows: cmdlets.iter().map(row).collect(),
        note: Some(
            "A token is of the cmdlet whose request to Resource Manager comes next with a token of the same identity."
                .to_owned(),
        ),
    }
}

fn beside(simulated: &SimulatedHerd) -> ShownTable {
    let row = |it: &BesideFigure| {
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
    };
    ShownTable {
        title: format!("Beside {} simulated runs of {}", simulated.runs, simulated.client),
        header: vec![
            "figure", "real", "as planned", "from, to", "as asked", "from, to",
        ],
        rows: simulated.figures.iter().map(row).collect(),
        note: Some(
            "Medians and ranges: of sessions that begin when the processes were to start (as planned), and when \
             they first asked (as asked)."
                .to_owned(),
        ),
    }
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

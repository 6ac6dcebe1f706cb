//! A comparison as text, Markdown or CSV. Nothing is computed here but roundings.

use std::collections::BTreeSet;

use comfy_table::presets::{ASCII_MARKDOWN, NOTHING};
use comfy_table::{CellAlignment, Table};

use super::board::{Board, CaseResult, FamilyResult, PolicyResult};
use crate::report::csv;

/// A table to read: for each family the mean ratio, the worst in brackets and attempts by tokens.
pub(super) fn text(board: &Board) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    filled(table, board)
}

/// The same as a table of Markdown.
pub(super) fn markdown(board: &Board) -> String {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN);
    filled(table, board)
}

/// One row for each policy and case.
pub(super) fn csv(board: &Board) -> String {
    let rows = board.policies.iter().flat_map(|policy| {
        let cases = policy.cases.iter();
        cases.map(|case| fields(&policy.policy, case))
    });
    csv::table(&COLUMNS, rows)
}

fn filled(mut table: Table, board: &Board) -> String {
    let families = families(board);
    let mut header = vec!["policy"];
    header.extend(&families);
    header.push("lost at worst");
    table.set_header(header);
    for policy in &board.policies {
        table.add_row(row(policy, &families));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{table}\n")
}

fn families(board: &Board) -> BTreeSet<&str> {
    let families = board
        .policies
        .iter()
        .flat_map(|policy| policy.families.keys());
    families.map(String::as_str).collect()
}

fn row(policy: &PolicyResult, families: &BTreeSet<&str>) -> Vec<String> {
    let mut row = vec![policy.policy.clone()];
    row.extend(
        families
            .iter()
            .map(|family| fared(&policy.families[*family])),
    );
    row.push(share(policy.lost_in_worst_case));
    row
}

fn fared(family: &FamilyResult) -> String {
    match (
        family.ratio_mean,
        family.ratio_worst,
        family.attempts_per_token,
    ) {
        (Some(mean), Some(worst), Some(attempts)) => {
            format!("{mean:.2} ({worst:.1}) {attempts:.1}")
        }
        _ => format!("loses {}", share(family.lost_in_worst_case)),
    }
}

/// What is not zero is not shown as zero.
fn share(lost: f64) -> String {
    match lost * 100.0 {
        0.0 => "0 %".to_owned(),
        percent if percent < 1.0 => format!("{percent:.2} %"),
        percent => format!("{percent:.0} %"),
    }
}

const COLUMNS: [&str; 9] = [
    "policy",
    "family",
    "vm",
    "service_time_ms",
    "sessions",
    "runs",
    "ratio",
    "attempts_per_token",
    "lost",
];

fn fields(policy: &str, case: &CaseResult) -> [String; 9] {
    let figure = |figure: Option<f64>| figure.map_or(String::new(), |figure| figure.to_string());
    [
        policy.to_owned(),
        case.family.clone(),
        case.vm.clone(),
        case.service_time_ms.to_string(),
        case.sessions.to_string(),
        case.runs.to_string(),
        figure(case.ratio),
        figure(case.attempts_per_token),
        case.lost.to_string(),
    ]
}

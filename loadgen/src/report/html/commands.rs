//! Real processes in the place of sessions.

use maud::{Markup, html};

use super::tables::{head, scrolled};
use crate::report::commands::{ShownTable, ends, tables};
use crate::result::run::RunResult;

/// Nothing where there were none.
pub(super) fn commands(result: &RunResult) -> Markup {
    html! {
        @if let Some(commands) = &result.commands {
            section {
                h2 #commands { "Processes" }
                p.about { (ends(commands)) }
                @for shown in tables(commands, usize::MAX) { (table(&shown)) }
            }
        }
    }
}

fn table(shown: &ShownTable) -> Markup {
    html! {
        h3 { (shown.title) }
        (scrolled(&shown.title, &html! { table {
            (head(&shown.header, 1..shown.header.len()))
            tbody { @for row in &shown.rows { (table_row(row)) } }
        } }))
        @if let Some(note) = &shown.note { p.about { (note) } }
    }
}

fn table_row(row: &[String]) -> Markup {
    html! {
        tr {
            @for (index, cell) in row.iter().enumerate() {
                @if index == 0 { th scope="row" { (cell) } } @else { td.number { (cell) } }
            }
        }
    }
}

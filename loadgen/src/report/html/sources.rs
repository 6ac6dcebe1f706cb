//! The sources of a merged result, and what is no sum of them; nothing of one run.

use maud::{Markup, html};

use super::tables::{bad, good, head, scrolled};
use crate::report::text::sources::{COLUMNS, cells, told, verdict};
use crate::result::run::{RunResult, Source};
use crate::result::verdict::Verdict;

pub(super) fn sources(result: &RunResult) -> Markup {
    html! {
        @if !result.sources.is_empty() {
            section {
                h2 #sources { "Sources" }
                (scrolled("Sources", &html! { table {
                    (head(&COLUMNS, 1..COLUMNS.len() - 1))
                    tbody { @for source in &result.sources { (row(source)) } }
                } }))
                ul { @for what in told(result) { li { (what) } } }
                p.about { "Counts are sums over the sources, and percentiles are of all their lengths of time. Not so:" }
                ul {
                    @for no_sum in &result.no_sums {
                        li { (no_sum.instead) ": " @for path in &no_sum.paths { code { (path) } " " } }
                    }
                }
            }
        }
    }
}

fn row(source: &Source) -> Markup {
    let cells = cells(source);
    let (name, numbers) = (&cells[0], &cells[1..cells.len() - 1]);
    html! {
        tr {
            th scope="row" { (name) }
            @for number in numbers { td.number { (number) } }
            td { @if source.verdict == Verdict::Passed { (good(verdict(source))) } @else { (bad(verdict(source))) } }
        }
    }
}

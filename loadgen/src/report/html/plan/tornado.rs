//! How far each assumption moves the answer: a bar from its least answer to its greatest, the longest first.

use maud::{Markup, html};

use crate::report::html::figure::{Figure, RIGHT, px, rectangle};
use crate::report::html::scale::Scale;
use crate::report::html::tables::head;
use crate::report::plan::{between, number, unit};
use crate::result::plan::{Answer, Row, Sought};

/// Where the bars begin, right of the assumptions' names.
const LEFT: f64 = 150.0;
const TOP: f64 = 26.0;
const STEP: f64 = 30.0;
const BAR: f64 = 16.0;

/// What one assumption does: the rows of its values, and their ends. No answer counts as none at all.
struct Bar<'a> {
    name: &'a str,
    low: f64,
    high: f64,
}

pub(super) fn tornado(answer: &Answer) -> Markup {
    if answer.rows.is_empty() {
        return html! {};
    }
    let bars = bars(answer);
    let most = bars.iter().map(|bar| bar.high).fold(0.0, f64::max);
    let across = Scale::new(most, LEFT, RIGHT);
    let foot = (0..bars.len()).fold(TOP, |y, _| y + STEP);
    let drawing = html! {
        (marks(answer, &across, foot))
        @for (bar, y) in bars.iter().zip(std::iter::successors(Some(TOP), |y| Some(y + STEP))) {
            text.end.label x=(px(LEFT - 8.0)) y=(px(y + BAR - 3.0)) { (bar.name) }
            path.granted d=(rectangle(across.at(bar.low), y, (across.at(bar.high) - across.at(bar.low)).max(2.0), BAR)) {}
        }
        @if let Some(found) = answer.answer {
            path.limit d=(format!("M{} {}V{}", px(across.at(found)), px(TOP - 8.0), px(foot))) {}
            text.middle.limit-name x=(px(across.at(found))) y=(px(TOP - 12.0)) { "answer: " (number(answer.sought, found)) }
        }
    };
    Figure {
        id: "tornado",
        title: "If it is otherwise",
        about: html! {
            "How far the answer moves with each assumption, all others as they are, and what is left with all of them at "
            "their worst together."
        },
        legend: vec![],
        height: foot + 24.0,
        drawing,
        table: table(answer),
    }
    .render()
}

fn bars(answer: &Answer) -> Vec<Bar<'_>> {
    // No answer up to the greatest number is no answer at all of a least one, and the worst.
    let none = if answer.sought.is_most() {
        0.0
    } else {
        answer.max
    };
    let own = answer.answer.unwrap_or(none);
    let mut bars: Vec<Bar> = vec![];
    for row in &answer.rows {
        let found = row.answer.unwrap_or(none);
        match bars.iter_mut().find(|bar| bar.name == row.assumption) {
            Some(bar) => (bar.low, bar.high) = (bar.low.min(found), bar.high.max(found)),
            None => bars.push(Bar {
                name: &row.assumption,
                low: own.min(found),
                high: own.max(found),
            }),
        }
    }
    bars.sort_by(|a, b| (b.high - b.low).total_cmp(&(a.high - a.low)));
    bars
}

fn marks(answer: &Answer, across: &Scale, foot: f64) -> Markup {
    let marks = match answer.sought {
        Sought::SpreadMs | Sought::IntervalMs => across.times(8),
        Sought::Sessions | Sought::StartsPerSecond => across.counts(8),
    };
    html! {
        @for mark in marks {
            @let x = px(across.at(mark));
            path.grid d=(format!("M{x} {}V{}", px(TOP - 6.0), px(foot))) {}
            text.middle x=(x) y=(px(foot + 16.0)) { (number(answer.sought, mark)) }
        }
    }
}

fn table(answer: &Answer) -> Markup {
    html! { table {
        (head(&["assumption", "is", unit(answer.sought), "between"], 2..4))
        tbody { @for row in &answer.rows { (table_row(answer, row)) } }
    } }
}

fn table_row(answer: &Answer, row: &Row) -> Markup {
    html! {
        tr {
            th scope="row" { (row.assumption) }
            td { (row.value) }
            td.number { (row.answer.map_or("none".to_owned(), |found| number(answer.sought, found))) }
            td.number { (between(answer.sought, row.interval)) }
        }
    }
}

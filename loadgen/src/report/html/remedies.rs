//! The page of the remedies for a scenario: what to do, one chart, and the table.

use maud::{Markup, html};

use super::figure::{Figure, RIGHT, px, rectangle, times_across};
use super::page;
use super::plan::rests_on;
use super::scale::{Scale, number};
use super::tables::{bad, good, head, scrolled};
use crate::report::length::length;
use crate::report::remedies::{HEADINGS, advice, cells, heading, notes};
use crate::result::remedies::{Outcome, Remedies, Row};

/// Where the bars of success begin, right of the remedies' names, and where they end.
const LEFT: f64 = 190.0;
const MIDDLE: f64 = 470.0;
/// Where the bars of time begin.
const TIMES: f64 = 560.0;
const TOP: f64 = 30.0;
const STEP: f64 = 30.0;
const BAR: f64 = 16.0;

/// The page of the remedies.
#[must_use]
pub(crate) fn of_remedies(remedies: &Remedies) -> String {
    let sentences = advice(remedies);
    let body = html! {
        header {
            p.kind { "imds-loadgen · remedies" }
            h1 { (heading(remedies)) }
            p.verdict {
                @if remedies.recommended.is_some() { (good("a remedy holds")) } @else { (bad("NONE HOLDS")) }
            }
        }
        main #main {
            section {
                h2 #answer { "What to do" }
                ul { @for sentence in &sentences { li { (sentence) } } }
            }
            (chart(remedies))
            (details(remedies))
            (rests_on(&remedies.assumptions))
            section {
                h2 #how { "How it was found" }
                dl.how {
                    dt { "seeds" } dd { "from " (remedies.seed) " on, " (remedies.runs) " runs a row" }
                    dt { "replay" } dd { code { (remedies.replay) } }
                }
            }
        }
    };
    page(&remedies.scenario, &body)
}

/// Of each remedy how many sessions succeed, and when the last token comes.
fn chart(remedies: &Remedies) -> Markup {
    let rows: Vec<(&Row, &Outcome)> = remedies.rows.iter().filter_map(played).collect();
    let most = rows.iter().map(|(_, outcome)| outcome.sessions).max();
    let success = Scale::new(number(most.unwrap_or(0)), LEFT, MIDDLE);
    let last = rows.iter().filter_map(|(_, outcome)| outcome.last_token_ms);
    let times = Scale::new(last.fold(0.0, f64::max), TIMES, RIGHT - 70.0);
    let foot = rows.iter().fold(TOP, |y, _| y + STEP);
    let places = std::iter::successors(Some(TOP), |y| Some(y + STEP));
    let drawing = html! {
        text.middle x=(px(f64::midpoint(LEFT, MIDDLE))) y="14" { "sessions that succeed" }
        text.middle x=(px(f64::midpoint(TIMES, RIGHT))) y="14" { "last token" }
        (times_across(&times, TOP - 6.0, foot))
        @for ((row, outcome), y) in rows.iter().zip(places) {
            (bars(row, outcome, y, (&success, &times)))
        }
    };
    Figure {
        id: "remedies",
        title: "What each remedy does",
        about: html! {
            "How many sessions succeed with each remedy, the median of the runs, and when the last token comes; in the order "
            "of the recommendation."
        },
        legend: vec![("granted", "all succeed as often as is wanted"), ("other", "some fail")],
        height: foot + 24.0,
        drawing,
        table: table(remedies),
    }
    .render()
}

fn played(row: &Row) -> Option<(&Row, &Outcome)> {
    Some((row, row.outcome.as_ref()?))
}

fn bars(row: &Row, outcome: &Outcome, y: f64, (success, times): (&Scale, &Scale)) -> Markup {
    let class = if outcome.holds { "granted" } else { "other" };
    let width = (success.at(number(outcome.succeeded)) - LEFT).max(2.0);
    let text = y + BAR - 3.0;
    html! {
        text.end.label x=(px(LEFT - 8.0)) y=(px(text)) { (row.remedy.name()) }
        path class=(class) d=(rectangle(LEFT, y, width, BAR)) {}
        text x=(px(LEFT + width + 6.0)) y=(px(text)) { (outcome.succeeded) }
        @if let Some(ms) = outcome.last_token_ms {
            @let long = (times.at(ms) - TIMES).max(2.0);
            path class=(class) d=(rectangle(TIMES, y, long, BAR)) {}
            text x=(px(TIMES + long + 6.0)) y=(px(text)) { (length(Some(ms))) }
        }
    }
}

fn table(remedies: &Remedies) -> Markup {
    html! { table {
        (head(&HEADINGS, 2..6))
        tbody { @for row in &remedies.rows {
            tr {
                th scope="row" { (row.remedy.name()) }
                @for (place, cell) in cells(row).into_iter().enumerate() {
                    td.number[(1..5).contains(&place)] { (cell) }
                }
            }
        } }
    } }
}

/// The table again, for what a chart does not show: settings, changes and dependences.
fn details(remedies: &Remedies) -> Markup {
    html! {
        section {
            h2 #rows { "What it takes, and on what it depends" }
            (scrolled("What it takes, and on what it depends", &table(remedies)))
            @let notes = notes(remedies);
            @if !notes.is_empty() {
                ul { @for sentence in notes { li { (sentence) } } }
            }
        }
    }
}

//! The page of the demo: its acts side by side, each with a link to its own page.

use maud::{Markup, html};

use super::part::REMEDIES;
use super::text::{OWN_JOBS, POWERSHELL, POWERSHELL_SCENARIOS, ROWS, TITLE};
use super::{Demo, PartResult};
use crate::report::html::tables::{bad, good, head, scrolled};
use crate::report::html::{self, sessions};
use crate::report::remedies::advice;
use crate::result::remedies::Remedies;
use crate::result::verdict::Verdict;

/// The page, in a folder with those of its acts.
pub(super) fn page(demo: &Demo) -> String {
    html::page(TITLE, &body(demo))
}

fn body(demo: &Demo) -> Markup {
    let end_ms = demo
        .parts
        .iter()
        .map(|finished| sessions::end_ms(&finished.result));
    let end_ms = end_ms.fold(0.0, f64::max);
    html! {
        header {
            p.kind { "imds-loadgen · demo" }
            h1 { (TITLE) }
            p.verdict {
                @if demo.verdict() == Verdict::Passed { (good("all expectations met")) } @else { (bad("NOT ALL EXPECTATIONS MET")) }
            }
        }
        main {
            section {
                h2 #side-by-side { "Side by side" }
                (scrolled("Side by side", &side_by_side(demo)))
            }
            @for finished in &demo.parts { (part(finished, end_ms)) }
            @if let Some(remedies) = &demo.remedies { (all_remedies(remedies)) }
            section {
                h2 #azure-powershell { "Azure PowerShell" }
                p { (POWERSHELL) }
                ul {
                    @for name in POWERSHELL_SCENARIOS { li { code { "imds-loadgen simulate " (name) } } }
                }
            }
        }
    }
}

fn side_by_side(demo: &Demo) -> Markup {
    let titles = demo.parts.iter().map(|finished| finished.part.title);
    let header: Vec<&str> = std::iter::once("").chain(titles).collect();
    html! { table {
        (head(&header, 1..header.len()))
        tbody {
            @for (name, figure) in ROWS {
                tr {
                    th scope="row" { (name) }
                    @for finished in &demo.parts { td.number { (figure(&finished.part, &finished.result)) } }
                }
            }
        }
    } }
}

/// What to do about jobs like these, and the page of it.
fn all_remedies(remedies: &Remedies) -> Markup {
    html! {
        section {
            h2 #remedies { "Every remedy for these jobs" }
            ul { @for sentence in advice(remedies) { li { (sentence) } } }
            p {
                a href=(REMEDIES) { "Ten remedies, played in virtual time" }
                "; for your own jobs " code { (OWN_JOBS) } "."
            }
        }
    }
}

/// All charts have one axis of time, so that they can be compared.
fn part(finished: &PartResult, end_ms: f64) -> Markup {
    let about = html! {
        (finished.summary) " "
        a href=(format!("{}/report.html", finished.part.name)) { "The report of this run" }
        ". Its jobs, from the start:"
    };
    sessions::chart(
        &finished.result,
        finished.part.name,
        finished.part.title,
        &about,
        end_ms,
    )
}

//! The page of a plan: the answer, success and time against the number, and what each assumption does to it.

mod against_number;
mod shares;
mod tornado;

use maud::{Markup, html};

use super::page;
use super::tables::{bad, good, head, scrolled};
use crate::report::plan::{heading, known, sentences};
use crate::result::plan::{Answer, RestsOn};

/// The page of a plan.
#[must_use]
pub(crate) fn of_plan(answer: &Answer) -> String {
    let body = html! {
        header {
            p.kind { "imds-loadgen · plan" }
            h1 { (heading(answer)) }
            p.verdict {
                @if answer.decided { (good("decided")) } @else { span { "decided as near as the runs allow" } }
                @if !answer.monotone { (bad("NOT MONOTONE")) }
            }
        }
        main #main {
            section {
                h2 #answer { "The answer" }
                ul { @for sentence in sentences(answer) { li { (sentence) } } }
            }
            (tornado::tornado(answer))
            (against_number::success(answer))
            (against_number::makespan(answer))
            (rests_on(&answer.assumptions))
            section {
                h2 #how { "How it was planned" }
                dl.how {
                    dt { "seeds" } dd { "from " (answer.seed) " on, up to " (answer.most_runs) " runs a try" }
                    dt { "replay" } dd { code { (answer.replay) } }
                }
            }
        }
    };
    page(&answer.scenario, &body)
}

/// The assumptions of an answer, and their other values that were played.
pub(super) fn rests_on(assumptions: &[RestsOn]) -> Markup {
    html! {
        section {
            h2 #assumptions { "What it rests on" }
            (scrolled("What it rests on", &html! { table {
                (head(&["", "is", "known", "also played", "because"], 0..0))
                tbody {
                    @for one in assumptions {
                        tr {
                            th scope="row" { (one.name) }
                            td { (one.value) }
                            td { (known(one.evidence)) }
                            td { (one.varied.join(", ")) }
                            td { (one.source) }
                        }
                    }
                }
            } }))
        }
    }
}

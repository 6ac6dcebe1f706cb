//! The page of many runs.

use maud::{Markup, html};

use super::tables::{bad, good, head, scrolled};
use crate::report::length::{length, never};
use crate::result::summary::{Spread, Summary};
use crate::result::verdict::Verdict;

pub(super) fn body(summary: &Summary, replay: &str) -> Markup {
    let (runs, first_seed) = (summary.runs, summary.first_seed);
    html! {
        header {
            p.kind { "imds-loadgen · " (runs) " simulated runs" }
            h1 { (summary.scenario) }
            p.verdict {
                @if summary.verdict == Verdict::Passed { (good("passed")) } @else { (bad("FAILED")) }
                span { (summary.passed) " of " (runs) " runs passed" }
            }
        }
        main {
            section {
                h2 #spread { "From run to run" }
                (scrolled("From run to run", &spreads(summary)))
            }
            @if !summary.expectations.is_empty() { (expectations(summary)) }
            section {
                h2 #how { "How it was run" }
                dl.how {
                    dt { "seeds" } dd { (runs) " from " (first_seed) " on" }
                    dt { "replay" } dd { code { (replay) } }
                }
            }
        }
    }
}

fn spreads(summary: &Summary) -> Markup {
    html! { table {
        (head(&["figure", "min", "p5", "p50", "p95", "max"], 1..6))
        tbody {
            @for (path, spread) in &summary.metrics {
                tr {
                    th scope="row" { code { (path) } }
                    @for figure in figures(spread) { td.number { (written(path, figure)) } }
                }
            }
        }
    } }
}

fn figures(spread: &Spread) -> [Option<f64>; 5] {
    [spread.min, spread.p5, spread.p50, spread.p95, spread.max]
}

/// Times are written as times: their keys say that they are milliseconds.
fn written(path: &str, figure: Option<f64>) -> String {
    if path.contains("_ms") {
        never(figure)
    } else {
        figure.map_or_else(|| length(None), |figure| figure.to_string())
    }
}

fn expectations(summary: &Summary) -> Markup {
    let runs = summary.runs;
    html! {
        section {
            h2 #expectations { "Expectations" }
            (scrolled("Expectations", &html! { table {
                (head(&["expected", "met"], 0..0))
                tbody {
                    @for expectation in &summary.expectations {
                        tr {
                            th scope="row" { code { (expectation.path) " " (expectation.expected) } }
                            td {
                                @let met = format!("in {} runs", expectation.told(runs));
                                @if expectation.met == runs { (good(&met)) } @else { (bad(&met)) }
                            }
                        }
                    }
                }
            } }))
        }
    }
}

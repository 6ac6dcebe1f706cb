//! The page of many runs.

use maud::{Markup, html};

use super::distributions::{distributions, written};
use super::summary::sentences;
use super::tables::{bad, good, head, scrolled};
use crate::result::summary::Summary;
use crate::result::summary::in_words::in_words;
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
            (sentences(&in_words(summary)))
        }
        main {
            section {
                h2 #spread { "From run to run" }
                (scrolled("From run to run", &spreads(summary)))
            }
            (distributions(summary))
            @if !summary.expectations.is_empty() { (expectations(summary)) }
            section {
                h2 #how { "How it was run" }
                dl.how {
                    dt { "seeds" } dd { (runs) " from " (first_seed) " on" }
                    @for (what, run) in summary.named_runs() {
                        dt { (what) } dd {
                            "seed " (run.seed)
                            @if let Some(explain) = &run.explain { ": " code { (explain) } }
                        }
                    }
                    dt { "replay" } dd { code { (replay) } }
                }
            }
        }
    }
}

fn spreads(summary: &Summary) -> Markup {
    html! { table {
        (head(&["figure", "min", "p5", "p50", "p95", "max", "mean"], 1..7))
        tbody {
            @for (path, spread) in summary.shown_metrics() {
                tr {
                    th scope="row" { code { (path) } }
                    @for figure in spread.shown() { td.number { (written(path, figure)) } }
                }
            }
        }
    } }
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

//! The kinds of failure, each with an example and, where it was kept, the story of its session.

use maud::{Markup, html};

use crate::report::text::failures::{heading, seen};
use crate::result::explain;
use crate::result::run::{FailureExample, FailureResult, RunResult};

/// Nothing where nothing failed.
pub(super) fn failures(result: &RunResult) -> Markup {
    html! {
        @if !result.failures.is_empty() {
            section {
                h2 #failures { "Failures" }
                @for failure in &result.failures { (kind(result, failure)) }
            }
        }
    }
}

fn kind(result: &RunResult, failure: &FailureResult) -> Markup {
    html! {
        h3 { (failure.step) ": " code { (failure.kind) } " · " (failure.count) " in all" }
        @match &failure.example {
            Some(example) => (shown(result, failure, example)),
            None => { p.about { "It happened to sessions that had not started." } }
        }
    }
}

fn shown(result: &RunResult, failure: &FailureResult, example: &FailureExample) -> Markup {
    html! {
        dl.how {
            dt { "example" } dd { (heading(example)) }
            dt { "because" } dd { (example.because) }
            dt { "seen" } dd { (seen(&example.message)) }
        }
        @match explain::explain(result, example.session) {
            Ok(trace) => {
                details {
                    summary { "The story of session " (example.session) }
                    pre tabindex="0" role="region"
                        aria-label={ "The story of a session that failed: " (failure.kind) } { (trace) }
                }
            }
            Err(_) => { p.about { "The story of no such session was kept." } }
        }
    }
}

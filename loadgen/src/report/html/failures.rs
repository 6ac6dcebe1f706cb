//! The kinds of failure, each with the story of a session that it happened to.

use maud::{Markup, html};

use crate::explain;
use crate::record::UNFINISHED;
use crate::record::traces::{SessionOutcome, SessionTrace};
use crate::result::RunResult;

/// Nothing where nothing failed.
pub(super) fn failures(result: &RunResult) -> Markup {
    let kinds = &result.sessions.by_failure;
    html! {
        @if !kinds.is_empty() {
            section {
                h2 #failures { "Failures" }
                @for (kind, count) in kinds {
                    h3 { code { (kind) } " · sessions: " (count) }
                    (example(result, kind))
                }
            }
        }
    }
}

fn example(result: &RunResult, kind: &str) -> Markup {
    let trace = result.traces.iter().find(|trace| is_of_kind(trace, kind));
    let story = trace.and_then(|trace| explain::explain(result, trace.session).ok());
    html! {
        @match story {
            Some(story) => {
                pre tabindex="0" role="region" aria-label={ "The story of a session that failed: " (kind) } { (story) }
            }
            None => { p.about { "The story of no such session was kept." } }
        }
    }
}

fn is_of_kind(trace: &SessionTrace, kind: &str) -> bool {
    let unfinished = kind == UNFINISHED && trace.outcome == SessionOutcome::Unfinished;
    unfinished || trace.failure.as_deref() == Some(kind)
}

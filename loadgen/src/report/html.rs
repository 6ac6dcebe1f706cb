//! The result as one page for a browser: no script, nothing from elsewhere, charts drawn here.
//!
//! Placing marks on a scale is all the arithmetic there is; every figure is the document's own.

mod activity;
mod bars;
mod commands;
mod context;
mod curve;
mod distributions;
mod failures;
mod figure;
mod fleet;
pub(crate) mod plan;
mod processor;
pub(crate) mod remedies;
mod retries;
mod rows;
mod runs;
mod scale;
pub(crate) mod sessions;
mod sources;
mod summary;
pub(crate) mod tables;
mod through;
pub(crate) mod ui;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::result::run::RunResult;
use crate::result::summary::Summary;

/// The page's style: light, dark and printed.
const STYLE: &str = include_str!("html/page.css");

/// What a page may load: nothing but its own style.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page of a run. `replay` is the command that makes the same run again.
#[must_use]
pub(crate) fn html(result: &RunResult, replay: &str) -> String {
    let body = html! {
        (summary::header(result))
        main #main {
            (tables::expectations(result))
            (tables::groups(result))
            (sources::sources(result))
            (fleet::fleet(result))
            @if result.sources.is_empty() {
                (sessions::sessions(result))
                @if result.asks_for_tokens() {
                    (activity::seconds(result))
                    (activity::waves(result))
                }
            }
            @if result.asks_for_tokens() { (curve::curve(result)) }
            (tables::times(result))
            @if result.asks_for_tokens() { (retries::retries(result)) }
            (failures::failures(result))
            (commands::commands(result))
            (through::through(result))
            (processor::processor(result))
            (context::context(result))
            (summary::how(result, replay))
        }
    };
    page(&result.scenario, &body)
}

/// The page of many runs.
#[must_use]
pub(crate) fn of_runs(summary: &Summary, replay: &str) -> String {
    page(&summary.scenario, &runs::body(summary, replay))
}

/// A page with this title and body.
pub(crate) fn page(title: &str, body: &Markup) -> String {
    framed(
        title,
        POLICY,
        &html! { style { (PreEscaped(STYLE)) } },
        body,
    )
}

/// The same with what it may load, and all that its head has beside.
fn framed(title: &str, policy: &str, more: &Markup, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · imds-loadgen" }
                (more)
            }
            body {
                (hatches())
                (body)
            }
        }
    };
    page.into_string()
}

/// Fillings that differ by more than their colour.
fn hatches() -> Markup {
    html! {
        svg.hatches aria-hidden="true" {
            defs {
                pattern #hatch-rate width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    path.hatch-rate d="M0 0h3v5h-3z" {}
                }
                pattern #hatch-gate width="4" height="4" patternUnits="userSpaceOnUse" {
                    path.hatch-gate d="M0 0h1.4v4h-1.4z" {}
                }
                pattern #hatch-retries width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                    path.hatch-retries d="M0 0h3v5h-3z" {}
                }
                pattern #hatch-other width="4" height="4" patternUnits="userSpaceOnUse" {
                    path.hatch-other d="M0 0h4v2.4h-4z" {}
                }
            }
        }
    }
}

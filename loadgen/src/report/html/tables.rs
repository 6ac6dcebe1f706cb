//! The tables of a run: expectations, groups, times.

use std::ops::Range;

use maud::{Markup, html};

use crate::record::Refusals;
use crate::record::distribution::Percentiles;
use crate::record::raw::Mode;
use crate::report::length::{length, never, time_to_token};
use crate::result::run::{GroupResult, RunResult};

/// How each expectation fared; nothing if there are none.
pub(super) fn expectations(result: &RunResult) -> Markup {
    if result.expectations.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 #expectations { "Expectations" }
            (scrolled("Expectations", &html! { table {
                (head(&["expected", "actual", "met"], 1..2))
                tbody {
                    @for judgement in &result.expectations {
                        tr {
                            th scope="row" { code { (judgement.told()) } }
                            td.number { (judgement.found()) }
                            td { @if judgement.met { (good("met")) } @else { (bad("not met")) } }
                        }
                    }
                }
            } }))
        }
    }
}

const GROUP: [&str; 12] = [
    "group",
    "client",
    "sessions",
    "ok",
    "failed",
    "attempts",
    "refused by rate",
    "at once",
    "otherwise",
    "p50",
    "p99",
    "makespan",
];

/// The first columns, which are of sessions; the others are of tokens.
const OF_SESSIONS: usize = 5;

/// How each group fared.
pub(super) fn groups(result: &RunResult) -> Markup {
    let tokens = result.asks_for_tokens();
    let headings = if tokens {
        &GROUP[..]
    } else {
        &GROUP[..OF_SESSIONS]
    };
    html! {
        section {
            h2 #groups { "Groups" }
            (scrolled("Groups", &html! { table {
                (head(headings, 2..headings.len()))
                tbody { @for (name, group) in &result.sessions.by_group { (group_row(name, group, tokens)) } }
                tfoot { (total_row(result)) }
            } }))
            @if tokens {
                p.about {
                    "p50 and p99 are of the time to token, from the intended start of each connect; one that failed counts as never."
                }
            }
            @for what in result.sessions.clients_rest_on() { p.about { "Client: " (what) "." } }
        }
    }
}

fn group_row(name: &str, group: &GroupResult, tokens: bool) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            td { (group.client) }
            @for count in [group.total, group.succeeded, group.failed] { td.number { (count) } }
            @if tokens {
                td.number { (group.attempts) }
                (refusals(&group.refused))
                td.number { (time_to_token(&group.time_to_token_curve, group.time_to_token_ms.p50)) }
                td.number { (time_to_token(&group.time_to_token_curve, group.time_to_token_ms.p99)) }
                td.number { (length(group.makespan_ms)) }
            }
        }
    }
}

fn total_row(result: &RunResult) -> Markup {
    let (sessions, attempts) = (&result.sessions, &result.attempts);
    html! {
        tr {
            th scope="row" { "all" }
            td {}
            @for count in [sessions.total, sessions.succeeded, sessions.failed] { td.number { (count) } }
            @if result.asks_for_tokens() {
                td.number { (attempts.total) }
                (refusals(&attempts.refused))
                td.number { (time_to_token(&result.time_to_token_curve, result.time_to_token_ms.p50)) }
                td.number { (time_to_token(&result.time_to_token_curve, result.time_to_token_ms.p99)) }
                td.number { (length(result.makespan_ms)) }
            }
        }
    }
}

fn refusals(refused: &Refusals) -> Markup {
    html! {
        td.number { (refused.rate) }
        td.number { (refused.concurrency) }
        td.number {
            @match (refused.penalty, refused.unnamed) {
                (0, 0) => { "0" }
                (penalty, 0) => { (penalty) " by penalty" }
                (0, unnamed) => { (unnamed) " not named" }
                (penalty, unnamed) => { (penalty) " by penalty, " (unnamed) " not named" }
            }
        }
    }
}

/// The headings of percentiles.
pub(super) const TIMES: [&str; 7] = ["time", "min", "p50", "p90", "p99", "p99.9", "max"];

/// Percentiles of all times; nothing where there are none.
pub(super) fn times(result: &RunResult) -> Markup {
    let latency = &result.attempt_latency_ms;
    let (tokens, simulated) = (result.asks_for_tokens(), result.mode == Mode::Simulated);
    if simulated && !tokens {
        return html! {};
    }
    html! {
        section {
            h2 #times { "Times" }
            (scrolled("Times", &html! { table {
                (head(&TIMES, 1..TIMES.len()))
                tbody {
                    @if tokens {
                        (percentiles("time to token, all", &result.time_to_token_ms, never))
                        (percentiles("time to token, succeeded", &result.time_to_token_succeeded_ms, length))
                        (percentiles("attempt, granted", &latency.granted, length))
                        (percentiles("attempt, refused", &latency.refused, length))
                        (percentiles("attempt, any other end", &latency.other, length))
                    }
                    @if !simulated {
                        (percentiles("start lag of the generator", &result.start_lag_ms, length))
                    }
                }
            } }))
        }
    }
}

/// A row of percentiles.
pub(super) fn percentiles(name: &str, p: &Percentiles, show: fn(Option<f64>) -> String) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            @for figure in [p.min, p.p50, p.p90, p.p99, p.p999, p.max] { td.number { (show(figure)) } }
        }
    }
}

/// The headings of a table; those of numbers stand right.
pub(crate) fn head(headings: &[&str], numbers: Range<usize>) -> Markup {
    html! {
        thead { tr {
            @for (index, heading) in headings.iter().enumerate() {
                th.number[numbers.contains(&index)] scope="col" { (heading) }
            }
        } }
    }
}

/// A table that scrolls by itself where the page is narrower.
pub(crate) fn scrolled(name: &str, table: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(name) { (table) } }
}

pub(crate) fn good(word: &str) -> Markup {
    html! { span.good { "✓ " (word) } }
}

pub(crate) fn bad(word: &str) -> Markup {
    html! { strong.bad { "✗ " (word) } }
}

//! What a page says first, and last: how it went, and how it was run.

use maud::{Markup, html};

use super::scale::time;
use super::tables::{bad, good};
use crate::report::length::{length, never};
use crate::report::text::cut_short;
use crate::report::text::sources::mode;
use crate::result::in_words::{InWords, in_words};
use crate::result::run::{LimitsInForce, RunResult};
use crate::result::verdict::Verdict;

/// The heading, the verdict, what is to be known before reading on, and the figures that matter most.
pub(super) fn header(result: &RunResult) -> Markup {
    let met = result.expectations.iter().filter(|judgement| judgement.met);
    let (met, all) = (met.count(), result.expectations.len());
    html! {
        a.skip href="#main" { "Skip to the results" }
        header {
            p.kind { "imds-loadgen · " (result.mode.name()) " run" }
            h1 { (result.scenario) }
            p.verdict {
                @if result.verdict == Verdict::Passed { (good("passed")) } @else { (bad("FAILED")) }
                @if all == 0 { span { "nothing was expected" } }
                @else { span { (met) " of " (all) " expectations met" } }
            }
            (sentences(&in_words(result)))
            (warnings(result))
            (cards(result))
            (contents(result))
        }
    }
}

/// What happened, and what to change.
pub(super) fn sentences(InWords { happened, change }: &InWords) -> Markup {
    html! {
        p.happened { strong { "What happened: " } (happened) "." }
        @if let Some(change) = change {
            p.change { strong { "What to change: " } (with_code(change)) "." }
        }
    }
}

/// What is between backquotes is code.
fn with_code(text: &str) -> Markup {
    html! {
        @for (number, part) in text.split('`').enumerate() {
            @if number % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn warnings(result: &RunResult) -> Markup {
    html! {
        @if result.cut_short {
            p.warning role="note" {
                strong { "⚠ Cut short: " } (cut_short(result)) "."
            }
        }
        @if result.generator_late {
            p.warning role="note" {
                strong { "⚠ The load generator fell behind. " }
                "So the sessions did not start as planned (see start lag below)."
            }
        }
        @if let Some(dropped) = result.known_dropped() {
            p.warning role="note" {
                strong { "⚠ Connections were dropped. " }
                "The service's queue of connections was full, " (dropped) " times. Those came a second late or more, \
                    so the sessions did not arrive as planned."
            }
        }
        @if let Some(forgotten) = result.forgotten() {
            p.warning role="note" {
                strong { "⚠ Requests were forgotten. " }
                (forgotten) " were too many to be kept: all counts of requests are at least so many, and no expectation \
                    is decided."
            }
        }
    }
}

pub(super) fn cards(result: &RunResult) -> Markup {
    let (sessions, attempts) = (&result.sessions, &result.attempts);
    let per_token = attempts
        .per_token
        .map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    let (refused, metadata) = (&attempts.refused, &result.metadata);
    html! {
        dl.cards {
            (card("Sessions succeeded", &format!("{} of {}", sessions.succeeded, sessions.total),
                &format!("{} failed", sessions.failed)))
            @if result.asks_for_tokens() {
                (card("Time to token, median", &never(result.time_to_token_ms.p50),
                    &format!("99th percentile: {}", never(result.time_to_token_ms.p99))))
                (card("Last token after", &length(result.makespan_ms),
                    &format!("the limits allow no less than {} (by {})", length(Some(result.lower_bound_ms)),
                        result.lower_bounds_ms.binding_words())))
                (card("Attempts", &attempts.total.to_string(),
                    &format!("{per_token} per token; peak {}/s, {} at once", result.peak.requests_per_s,
                        result.peak.concurrent)))
                (card("Refused", &refused.total().to_string(),
                    &format!("{} by rate, {} at once", refused.rate, refused.concurrency)))
            }
            @if metadata.sent > 0 {
                (card("Requests for metadata", &metadata.sent.to_string(),
                    &format!("{} refused", metadata.refused)))
            }
            (card("Sessions waited", &time(result.time_spent_ms.waiting),
                &format!("in all, and were served for {}", time(result.time_spent_ms.granted))))
        }
    }
}

fn card(name: &str, figure: &str, more: &str) -> Markup {
    html! {
        div {
            dt { (name) }
            dd { span.figure { (figure) } span.more { (more) } }
        }
    }
}

fn contents(result: &RunResult) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                @if !result.expectations.is_empty() { li { a href="#expectations" { "Expectations" } } }
                li { a href="#groups" { "Groups" } }
                @if result.fleet.is_some() { li { a href="#fleet" { "Fleet" } } }
                @if result.sources.is_empty() {
                    li { a href="#sessions" { "Sessions" } }
                    @if result.asks_for_tokens() {
                        li { a href="#seconds" { "Granted and refused" } }
                        li { a href="#waves" { "Attempts sent" } }
                    }
                } @else { li { a href="#sources" { "Sources" } } }
                @if result.asks_for_tokens() {
                    li { a href="#time-to-token" { "Time to token" } }
                    li { a href="#retries" { "Retries" } }
                }
                @if !result.failures.is_empty() { li { a href="#failures" { "Failures" } } }
                @if result.context.in_force.is_some() { li { a href="#context" { "Azure context" } } }
                li { a href="#how" { "How it was run" } }
            }
        }
    }
}

/// Everything that is needed to run it again.
pub(super) fn how(result: &RunResult, replay: &str) -> Markup {
    let assumed = if result.has_target() { ", assumed" } else { "" };
    html! {
        section {
            h2 #how { "How it was run" }
            dl.how {
                dt { "scenario" } dd { (result.scenario) }
                dt { "mode" } dd { (mode(result)) }
                @if result.sources.is_empty() { dt { "seed" } dd { (result.seed) } }
                @else { dt { "sources" } dd { (result.sources.len()) } }
                dt { "limits" (assumed) @if result.fleet.is_some() { " of a VM as in [imds]" } } dd { (limits(&result.limits)) }
                dt { "replay" } dd { code { (replay) } }
            }
        }
        footer { p {
            "This page holds no token and asks for nothing from elsewhere. Figures are those of the result document: "
            code { "result.json" } "."
        } }
    }
}

fn limits(limits: &LimitsInForce) -> String {
    let requests = limits
        .requests
        .map_or("any number of".to_owned(), |n| n.to_string());
    let window = limits.window_ms.map_or(String::new(), |window| {
        format!(" in {}", length(Some(window)))
    });
    let at_once = limits
        .concurrent
        .map_or("any number".to_owned(), |n| n.to_string());
    format!(
        "{}: {requests} token requests{window}, {at_once} at once",
        limits.profile
    )
}

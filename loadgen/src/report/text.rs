//! The result as text that can be read at a glance.

mod commands;
pub(super) mod context;
pub(super) mod failures;
pub(super) mod fleet;
pub(super) mod processor;
pub(super) mod sources;
pub(super) mod through;
mod timeline;

use std::fmt::{self, Write};

use comfy_table::Table;

use super::length::{length, never, time_to_token};
use super::table::{align_right, percentiles, table};
use crate::record::Refusals;
use crate::record::raw::Mode;
use crate::report::limits::limits;
use crate::result::in_words::{InWords, in_words};
use crate::result::judging::Judgement;
use crate::result::run::{GroupResult, RunResult, TimeSpent, Wave};
use crate::result::verdict::Verdict;

/// The report. `replay` is the command that makes the same run again.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub(crate) fn text(result: &RunResult, replay: &str) -> String {
    let mut out = String::new();
    write(&mut out, result, replay).expect("writing to a string does not fail");
    out
}

fn write(out: &mut String, result: &RunResult, replay: &str) -> fmt::Result {
    writeln!(out, "{}\n", heading(result))?;
    writeln!(out, "{}\n", groups(result))?;
    sources::write(out, result)?;
    fleet::write(out, result)?;
    for what in result.sessions.clients_rest_on() {
        writeln!(out, "client         {what}")?;
    }
    through::write(out, result)?;
    let asks_for_tokens = result.asks_for_tokens();
    if asks_for_tokens || result.mode != Mode::Simulated {
        writeln!(out, "{}\n", times(result))?;
    }
    if asks_for_tokens {
        writeln!(out, "{}", makespan(result))?;
        writeln!(out, "{}", peak(result))?;
    }
    writeln!(out, "{}", spent(&result.time_spent_ms))?;
    processor::write(out, result)?;
    if let Some(largest) = result.waves.largest.iter().max_by_key(|wave| wave.retries) {
        writeln!(out, "{}", waves(result.waves.count, largest))?;
    }
    let metadata = &result.metadata;
    if metadata.sent > 0 {
        let (sent, refused) = (metadata.sent, metadata.refused);
        writeln!(out, "metadata       {sent} requests, {refused} refused")?;
    }
    for (kind, count) in &result.sessions.by_failure {
        writeln!(out, "failure        {kind} {count}")?;
    }
    failures::write(out, &result.failures)?;
    commands::write(out, result)?;
    context::write(out, result)?;
    if asks_for_tokens {
        writeln!(out, "\n{}", retries(result))?;
    }
    if asks_for_tokens && result.sources.is_empty() {
        writeln!(out, "\n{}", timeline::chart(&result.timeline))?;
    }
    expectations(out, &result.expectations)?;
    warnings(out, result)?;
    let InWords { happened, change } = in_words(result);
    writeln!(out, "happened       {happened}")?;
    if let Some(change) = change {
        writeln!(out, "to change      {change}")?;
    }
    writeln!(
        out,
        "verdict        {}",
        if result.verdict == Verdict::Passed {
            "passed"
        } else {
            "FAILED"
        }
    )?;
    writeln!(out, "replay         {replay}")
}

fn warnings(out: &mut String, result: &RunResult) -> fmt::Result {
    if result.generator_late {
        writeln!(out, "{LATE}")?;
    }
    if let Some(dropped) = result.known_dropped() {
        writeln!(
            out,
            "dropped        the service's queue of connections was full, {dropped} times: those came a second late or more, so the sessions did not arrive as planned"
        )?;
    }
    if let Some(forgotten) = result.forgotten() {
        writeln!(
            out,
            "forgotten      {forgotten} requests were too many to be kept: all counts of requests are at least so many, and no expectation is decided"
        )?;
    }
    if result.cut_short {
        writeln!(out, "cut short      {}", cut_short(result))?;
    }
    Ok(())
}

const LATE: &str = "late           the load generator fell behind (see start lag), so the sessions did not start as planned";

/// That sessions were still at work when the run ended, and when that was.
pub(in crate::report) fn cut_short(result: &RunResult) -> String {
    let at = result
        .ended_ms
        .map(|at| format!(" after {}", length(Some(at))));
    let at = at.unwrap_or_default();
    format!("sessions were still at work or waiting when the run ended{at}: they count as failed")
}

fn heading(result: &RunResult) -> String {
    let mode = sources::mode(result);
    let assumed = if result.has_target() { " assumed" } else { "" };
    format!(
        "{} · {mode} · {} · {} sessions\nlimits{assumed}{}: {}",
        result.scenario,
        sources::seed(result),
        result.sessions.total,
        if result.fleet.is_some() {
            " of a VM as in [imds]"
        } else {
            ""
        },
        limits(&result.limits)
    )
}

fn groups(result: &RunResult) -> Table {
    let columns = if result.asks_for_tokens() {
        COLUMNS.len()
    } else {
        OF_SESSIONS
    };
    let mut table = table(&COLUMNS[..columns]);
    for (name, group) in &result.sessions.by_group {
        table.add_row(group_row(name, group).into_iter().take(columns));
    }
    table.add_row(total_row(result).into_iter().take(columns));
    align_right(&mut table, 2);
    table
}

/// The columns of groups.
const COLUMNS: [&str; 11] = [
    "group",
    "client",
    "sessions",
    "ok",
    "failed",
    "attempts",
    "refused: rate",
    "at once",
    "p50",
    "p99",
    "makespan",
];

/// The first columns, which are of sessions; the others are of tokens.
const OF_SESSIONS: usize = 5;

fn group_row(name: &str, group: &GroupResult) -> [String; 11] {
    [
        name.to_owned(),
        group.client.clone(),
        group.total.to_string(),
        group.succeeded.to_string(),
        group.failed.to_string(),
        group.attempts.to_string(),
        refused_by_rate(&group.refused),
        group.refused.concurrency.to_string(),
        time_to_token(&group.time_to_token_curve, group.time_to_token_ms.p50),
        time_to_token(&group.time_to_token_curve, group.time_to_token_ms.p99),
        length(group.makespan_ms),
    ]
}

fn total_row(result: &RunResult) -> [String; 11] {
    let (sessions, attempts) = (&result.sessions, &result.attempts);
    [
        "all".to_owned(),
        String::new(),
        sessions.total.to_string(),
        sessions.succeeded.to_string(),
        sessions.failed.to_string(),
        attempts.total.to_string(),
        refused_by_rate(&attempts.refused),
        attempts.refused.concurrency.to_string(),
        time_to_token(&result.time_to_token_curve, result.time_to_token_ms.p50),
        time_to_token(&result.time_to_token_curve, result.time_to_token_ms.p99),
        length(result.makespan_ms),
    ]
}

/// A service of the user's own does not name its limiter.
fn refused_by_rate(refused: &Refusals) -> String {
    let others = |count: u64, by: &str| match count {
        0 => String::new(),
        _ => format!(" (+{count} {by})"),
    };
    let penalty = others(refused.penalty, "penalty");
    let unnamed = others(refused.unnamed, "unnamed");
    format!("{}{penalty}{unnamed}", refused.rate)
}

fn times(result: &RunResult) -> Table {
    let mut table = table(&["", "min", "p50", "p90", "p99", "p99.9", "max"]);
    if result.asks_for_tokens() {
        let latency = &result.attempt_latency_ms;
        let (all, succeeded) = (&result.time_to_token_ms, &result.time_to_token_succeeded_ms);
        table.add_row(percentiles("time to token, all", all, never));
        table.add_row(percentiles("time to token, succeeded", succeeded, length));
        table.add_row(percentiles("attempt, granted", &latency.granted, length));
        table.add_row(percentiles("attempt, refused", &latency.refused, length));
    }
    if result.mode != Mode::Simulated {
        table.add_row(percentiles("start lag", &result.start_lag_ms, length));
    }
    align_right(&mut table, 1);
    table
}

fn makespan(result: &RunResult) -> String {
    format!(
        "makespan       {}   lower bound {} (by {})",
        length(result.makespan_ms),
        length(Some(result.lower_bound_ms)),
        result.lower_bounds_ms.binding_words(),
    )
}

fn peak(result: &RunResult) -> String {
    let per_token = result
        .attempts
        .per_token
        .map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    format!(
        "attempts       {} ({per_token} per token)   peak {}/s, {} at once",
        result.attempts.total, result.peak.requests_per_s, result.peak.concurrent
    )
}

fn spent(spent: &TimeSpent) -> String {
    let TimeSpent {
        waiting,
        granted,
        refused,
        other,
        ..
    } = *spent;
    let [waiting, granted, refused, other] =
        [waiting, granted, refused, other].map(|ms| length(Some(ms)));
    format!(
        "sessions' time {waiting} waiting, {granted} being served, {refused} being refused, {other} other"
    )
}

fn waves(count: u64, largest: &Wave) -> String {
    let Wave {
        retries,
        lasts_ms,
        from_ms,
        ..
    } = *largest;
    format!(
        "waves          {count} of retries, the largest of {retries} within {} from {} on",
        length(Some(lasts_ms)),
        length(Some(from_ms)),
    )
}

fn retries(result: &RunResult) -> Table {
    let mut table = table(&["retry", "sent", "granted", "refused", "by rate", "at once"]);
    for (index, count) in &result.attempts.by_retry_index {
        let name = if *index == 0 {
            "first".to_owned()
        } else {
            index.to_string()
        };
        table.add_row([
            name,
            count.sent.to_string(),
            count.granted.to_string(),
            count.refused.to_string(),
            refused_by_rate(&count.refused_by),
            count.refused_by.concurrency.to_string(),
        ]);
    }
    align_right(&mut table, 0);
    table
}

fn expectations(out: &mut String, judgements: &[Judgement]) -> fmt::Result {
    for judgement in judgements {
        let met = if judgement.met { "met    " } else { "NOT MET" };
        writeln!(
            out,
            "{met}        {}: {}",
            judgement.told(),
            judgement.found()
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

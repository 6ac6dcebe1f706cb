//! The result as Markdown, for the summary of a CI job.

mod commands;
mod context;
pub(crate) mod escape;
mod failures;
mod fleet;
mod processor;
mod sources;
mod through;

use std::fmt::{self, Write};

use self::escape::{code, code_in_cell, escaped, sentence};
use super::comparison;
use super::length::{length, time_to_token};
use super::text::{cut_short, sources::seed};
use crate::result::compare::{Comparison, Outcome};
use crate::result::in_words::{InWords, in_words};
use crate::result::judging::Judgement;
use crate::result::run::{GroupResult, RunResult};
use crate::result::summary::{self, Summary};
use crate::result::verdict::Verdict;

/// The report. `replay` is the command that makes the same run again.
///
/// # Panics
/// Never: a string takes whatever is written to it.
#[must_use]
pub(crate) fn markdown(result: &RunResult, replay: &str) -> String {
    let mut out = String::new();
    write(&mut out, result, replay).expect(WRITES);
    out
}

/// The report of many runs.
///
/// # Panics
/// Never, as above.
#[must_use]
pub(crate) fn of_runs(summary: &Summary, replay: &str) -> String {
    let mut out = String::new();
    write_runs(&mut out, summary, replay).expect(WRITES);
    out
}

/// The comparison with another result.
///
/// # Panics
/// Never, as above.
#[must_use]
pub(crate) fn of_comparison(comparison: &Comparison) -> String {
    let mut out = String::new();
    write_comparison(&mut out, comparison).expect(WRITES);
    out
}

const WRITES: &str = "writing to a string does not fail";

fn write(out: &mut String, result: &RunResult, replay: &str) -> fmt::Result {
    let (sessions, scenario) = (&result.sessions, escaped(&result.scenario));
    let (mode, seed) = (result.mode.name(), seed(result));
    writeln!(out, "## {scenario}: {}\n", verdict(result.verdict))?;
    writeln!(
        out,
        "{} of {} sessions succeeded, {mode}, {seed}.{}\n",
        sessions.succeeded,
        sessions.total,
        last_token(result),
    )?;
    sentences(out, &in_words(result))?;
    if result.cut_short {
        writeln!(out, "**Cut short**: {}.\n", cut_short(result))?;
    }
    if result.generator_late {
        writeln!(
            out,
            "**The load generator fell behind** (see start lag), so the sessions did not start as planned.\n"
        )?;
    }
    if let Some(dropped) = result.known_dropped() {
        writeln!(
            out,
            "**The service's queue of connections was full**, {dropped} times: those came a second late or more, so the sessions did not arrive as planned.\n"
        )?;
    }
    if let Some(forgotten) = result.forgotten() {
        writeln!(
            out,
            "**{forgotten} requests were too many to be kept**: all counts of requests are at least so many, and no expectation is decided.\n"
        )?;
    }
    groups(out, result)?;
    sources::write(out, result)?;
    fleet::write(out, result)?;
    expectations(out, &result.expectations)?;
    failures::write(out, &result.failures)?;
    commands::write(out, result)?;
    through::write(out, result)?;
    processor::write(out, result)?;
    context::write(out, result)?;
    writeln!(out, "Replay: {}", code(replay))
}

fn sentences(out: &mut String, InWords { happened, change }: &InWords) -> fmt::Result {
    writeln!(out, "What happened: {}.\n", sentence(happened))?;
    if let Some(change) = change {
        writeln!(out, "What to change: {}.\n", sentence(change))?;
    }
    Ok(())
}

/// Nothing where no session asks for one.
fn last_token(result: &RunResult) -> String {
    if !result.asks_for_tokens() {
        return String::new();
    }
    let last = length(result.makespan_ms);
    let bound = length(Some(result.lower_bound_ms));
    format!(" Last token after {last}; the limits allow no less than {bound}.")
}

fn groups(out: &mut String, result: &RunResult) -> fmt::Result {
    let (heading, rule) = if result.asks_for_tokens() {
        (OF_TOKENS, "--:|--:|--:|--:|--:|--:|")
    } else {
        ("", "")
    };
    writeln!(out, "| group | client | ok | failed |{heading}")?;
    writeln!(out, "|---|---|--:|--:|{rule}")?;
    for (name, group) in &result.sessions.by_group {
        let (name, client) = (escaped(name), escaped(&group.client));
        let (succeeded, failed) = (group.succeeded, group.failed);
        write!(out, "| {name} | {client} | {succeeded} | {failed} |")?;
        if result.asks_for_tokens() {
            write!(out, "{}", tokens(group))?;
        }
        writeln!(out)?;
    }
    for what in result.sessions.clients_rest_on() {
        writeln!(out, "\nClient: {}.", escaped(what))?;
    }
    writeln!(out)
}

/// The headings of what a group's requests for tokens came to.
const OF_TOKENS: &str = " attempts | refused: rate | at once | p50 | p99 | makespan |";

fn tokens(group: &GroupResult) -> String {
    format!(
        " {} | {} | {} | {} | {} | {} |",
        group.attempts,
        group.refused.rate,
        group.refused.concurrency,
        time_to_token(&group.time_to_token_curve, group.time_to_token_ms.p50),
        time_to_token(&group.time_to_token_curve, group.time_to_token_ms.p99),
        length(group.makespan_ms),
    )
}

fn expectations(out: &mut String, judgements: &[Judgement]) -> fmt::Result {
    if judgements.is_empty() {
        return Ok(());
    }
    writeln!(out, "| expected | actual | |\n|---|--:|---|")?;
    for judgement in judgements {
        let path = code_in_cell(&judgement.path);
        let expected = judgement.told();
        let expected = escaped(expected.strip_prefix(&judgement.path).unwrap_or_default());
        let met = if judgement.met { "met" } else { "**not met**" };
        let found = judgement.found();
        writeln!(out, "| {path}{expected} | {found} | {met} |")?;
    }
    writeln!(out)
}

fn write_runs(out: &mut String, summary: &Summary, replay: &str) -> fmt::Result {
    let Summary { runs, passed, .. } = summary;
    writeln!(
        out,
        "## {}: {}\n",
        escaped(&summary.scenario),
        verdict(summary.verdict)
    )?;
    writeln!(
        out,
        "{passed} of {runs} simulated runs passed, from seed {} on.\n",
        summary.first_seed
    )?;
    sentences(out, &summary::in_words::in_words(summary))?;
    writeln!(
        out,
        "| | min | p5 | p50 | p95 | max | mean |\n|---|--:|--:|--:|--:|--:|--:|"
    )?;
    for (path, spread) in summary.shown_metrics() {
        let figures = spread.shown().map(figure);
        let path = code_in_cell(path);
        writeln!(out, "| {path} | {} |", figures.join(" | "))?;
    }
    met_in(out, summary)?;
    for (what, run) in summary.named_runs() {
        write!(out, "\n{what}: seed {}", run.seed)?;
        match &run.explain {
            Some(explain) => writeln!(out, ", {}", code(explain))?,
            None => writeln!(out)?,
        }
    }
    writeln!(out, "\nReplay: {}", code(replay))
}

/// Nothing where nothing is expected.
fn met_in(out: &mut String, summary: &Summary) -> fmt::Result {
    if summary.expectations.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| expected | met in |\n|---|--:|")?;
    for expectation in &summary.expectations {
        let path = code_in_cell(&expectation.path);
        let expected = escaped(&expectation.expected);
        writeln!(
            out,
            "| {path} {expected} | {} |",
            expectation.told(summary.runs)
        )?;
    }
    Ok(())
}

fn write_comparison(out: &mut String, comparison: &Comparison) -> fmt::Result {
    let scenario = escaped(&comparison.scenario);
    writeln!(
        out,
        "## {scenario} against its baseline: {}\n",
        verdict(comparison.verdict)
    )?;
    for note in &comparison.notes {
        writeln!(out, "- not comparable: {}", escaped(note))?;
    }
    let (head, rule) = match comparison::evidence(comparison) {
        "" => (String::new(), ""),
        evidence => (format!(" {evidence} |"), "--:|"),
    };
    writeln!(
        out,
        "| figure | base | new | change | tolerated |{head} |\n|---|--:|--:|--:|--:|{rule}---|"
    )?;
    for compared in &comparison.figures {
        let outcome = match compared.outcome {
            Outcome::Same => "",
            Outcome::Chance => "may be chance",
            Outcome::Better => "better",
            Outcome::Worse => "**worse**",
        };
        let evidence = match rule {
            "" => String::new(),
            _ => format!(" {} |", comparison::shown_evidence(compared)),
        };
        let change = compared
            .change
            .map_or("-".to_owned(), |change| change.to_string());
        writeln!(
            out,
            "| {} | {} | {} | {change} | {} |{evidence} {outcome} |",
            code_in_cell(&compared.path),
            figure(compared.base),
            figure(compared.new),
            compared.tolerated,
        )?;
    }
    writeln!(out, "\nJudged {}.\n", escaped(&comparison.method))
}

fn figure(figure: Option<f64>) -> String {
    figure.map_or("never".to_owned(), |figure| figure.to_string())
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
    }
}

//! One session's story in words, from the trace in a result.

mod lines;
mod steps;
mod verdict;

use std::fmt::{self, Write};

use thiserror::Error;

use self::lines::line;
use crate::record::traces::{SessionOutcome, SessionTrace};
use crate::result::because::length;
use crate::result::messages::{Failing, message};
use crate::result::run::{RunResult, ThroughResult};
use crate::session::outcome::IMPORT_FAILED;

/// Why a session cannot be explained.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum ExplainError {
    /// The run had no such session.
    #[error("expected a session from 0 to {last}, not {session}")]
    NoSuchSession {
        session: u32,
        /// The greatest that there is.
        last: u64,
    },
    /// It is of several runs, which each have a session of that number.
    #[error(
        "expected the result of one run: a merged one has no stories, and its sources' results have them"
    )]
    Merged,
    /// Its story was not kept.
    #[error("the story of session {session} was not kept; {kept}")]
    NotKept {
        session: u32,
        /// Which ones were, in words.
        kept: String,
    },
}

/// The numbers that are named when a story was not kept.
const NAMED: usize = 20;

/// Tells what the session did, attempt by attempt.
///
/// # Errors
/// If the result does not hold its story.
///
/// # Panics
/// Never: a string takes whatever is written to it.
pub(crate) fn explain(result: &RunResult, session: u32) -> Result<String, ExplainError> {
    let trace = find(result, session)?;
    let mut out = String::new();
    tell(&mut out, result, trace).expect("writing to a string does not fail");
    Ok(out)
}

/// The session to explain if none is named: of those whose stories are kept the first that failed, or if none did, the last
/// that ended. Of a result without stories it is 0.
pub(crate) fn worst(result: &RunResult) -> u32 {
    let ended = |trace: &&SessionTrace| trace.ended_ms.unwrap_or(f64::INFINITY);
    let earlier = |a: &&SessionTrace, b: &&SessionTrace| ended(a).total_cmp(&ended(b));
    let all = result.traces.iter();
    let failed = all
        .clone()
        .filter(|trace| trace.outcome != SessionOutcome::Succeeded);
    let worst = failed.min_by(earlier).or_else(|| all.max_by(earlier));
    worst.map_or(0, |trace| trace.session)
}

fn find(result: &RunResult, session: u32) -> Result<&SessionTrace, ExplainError> {
    if !result.sources.is_empty() {
        return Err(ExplainError::Merged);
    }
    let mut traces = result.traces.iter();
    if let Some(trace) = traces.find(|trace| trace.session == session) {
        return Ok(trace);
    }
    let last = last(result);
    Err(match last.filter(|last| u64::from(session) > *last) {
        Some(last) => ExplainError::NoSuchSession { session, last },
        None => ExplainError::NotKept {
            session,
            kept: kept(&result.traces),
        },
    })
}

/// The greatest number of a session; none: it is not known, since a group that ends by time has numbers
/// set aside for more sessions than it begins.
fn last(result: &RunResult) -> Option<u64> {
    let groups = result.sessions.by_group.values();
    let planned: Option<u64> = groups.map(|group| group.planned).sum();
    planned.map(|planned| planned.saturating_sub(1))
}

fn kept(traces: &[SessionTrace]) -> String {
    let numbers = traces.iter().take(NAMED).map(|t| t.session.to_string());
    let numbers: Vec<String> = numbers.collect();
    match (numbers.len(), traces.len() > NAMED) {
        (0, _) => "none was: play again with --traces".to_owned(),
        (_, false) => format!("kept are {}", numbers.join(", ")),
        (_, true) => format!("kept are {} and others", numbers.join(", ")),
    }
}

fn tell(out: &mut String, result: &RunResult, trace: &SessionTrace) -> fmt::Result {
    let group = result.sessions.by_group.get(&trace.group);
    let client = group.map_or("", |group| group.client.as_str());
    let in_force = result.context.in_force.as_ref();
    let context = in_force.and_then(|in_force| in_force.groups.get(&trace.group));
    let version = context.map(|context| context.version.as_str());
    writeln!(
        out,
        "{} · seed {} · session {} of group {}, client {client}\n",
        result.scenario, result.seed, trace.session, trace.group
    )?;
    line(out, trace.intended_start_ms, "is to start")?;
    let through = group.and_then(|group| group.through.as_ref());
    tell_start(out, trace, through)?;
    let started = trace.steps.iter().take_while(|step| step.step == "startup");
    let before = started.count();
    for (number, step) in (1..).zip(&trace.steps) {
        if number == before + 1 {
            tell_import(out, trace, client, version)?;
        }
        steps::tell(out, number, step)?;
        steps::tell_message(out, step, client, version)?;
    }
    if trace.steps.len() == before {
        tell_import(out, trace, client, version)?;
    }
    left_out(out, trace.attempts_left_out, "attempts")?;
    left_out(out, trace.steps_left_out, "steps")?;
    tell_end(out, trace)?;
    verdict::tell(out, (client, result.limits.concurrent), trace)
}

/// When it started, and what it went through from then on.
fn tell_start(
    out: &mut String,
    trace: &SessionTrace,
    through: Option<&ThroughResult>,
) -> fmt::Result {
    let Some(at) = trace.started_ms else {
        return lines::undated(out, "never started: the run ended first");
    };
    let Some(ThroughResult {
        remedy, waited_ms, ..
    }) = through
    else {
        return line(out, at, "starts");
    };
    match (waited_ms, trace.at_gate_ms) {
        (None, _) => line(out, at, &format!("starts, and asks `{remedy}`")),
        (Some(_), None) => {
            line(out, at, &format!("waits for its turn at `{remedy}`"))?;
            lines::undated(out, "had no turn: the run ended first")
        }
        (Some(_), Some(waited)) => {
            line(out, at, &format!("waits for its turn at `{remedy}`"))?;
            let turn = format!("has its turn after {}, and starts", length(waited));
            line(out, at + waited, &turn)
        }
    }
}

const NOT_IMPORTED: &str = "cannot import the module: another has the file of its settings open";

/// How the module was imported, which reads the profile; or that it was not.
fn tell_import(
    out: &mut String,
    trace: &SessionTrace,
    client: &str,
    version: Option<&str>,
) -> fmt::Result {
    steps::tell_import_work(out, trace.import_work.as_ref())?;
    let Some(at) = trace.import_failed_ms else {
        return steps::tell_import(out, trace.import.as_ref());
    };
    let failing = Failing {
        step: "import",
        kind: IMPORT_FAILED,
        client,
        version,
    };
    line(out, at, NOT_IMPORTED)?;
    lines::shown(out, at, &message(&failing))
}

fn tell_end(out: &mut String, trace: &SessionTrace) -> fmt::Result {
    let end = match (trace.outcome, &trace.failure) {
        (SessionOutcome::Succeeded, _) => "has succeeded".to_owned(),
        (SessionOutcome::Failed, Some(kind)) => format!("has failed: {kind}"),
        (SessionOutcome::Failed, None) => "has failed".to_owned(),
        (SessionOutcome::Unfinished, _) => "unfinished: the run ended first".to_owned(),
    };
    match trace.ended_ms {
        Some(at) => line(out, at, &end)?,
        None => lines::undated(out, &end)?,
    }
    let (sent, waited) = (trace.attempts, length(trace.waiting_ms));
    let plural = if sent == 1 { "" } else { "s" };
    writeln!(
        out,
        "\n{sent} attempt{plural}, {waited} waited between them"
    )
}

fn left_out(out: &mut String, count: u32, what: &str) -> fmt::Result {
    match count {
        0 => Ok(()),
        _ => writeln!(
            out,
            "{:>12}  … and {count} more {what}, which were not kept",
            ""
        ),
    }
}

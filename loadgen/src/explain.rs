//! One session's story in words, from the trace in a result.

use std::fmt::{self, Write};

use thiserror::Error;

use crate::record::traces::{
    AttemptOutcome, AttemptTrace, SessionOutcome, SessionTrace, StepTrace,
};
use crate::result::RunResult;

/// Why there is no story to tell.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ExplainError {
    /// The run had no such session.
    #[error("expected a session from 0 to {last}, not {session}")]
    NoSuchSession {
        /// The number asked for.
        session: u32,
        /// The greatest that there is.
        last: u64,
    },
    /// Its story was not kept.
    #[error("the story of session {session} was not kept; {kept}")]
    NotKept {
        /// The number asked for.
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
pub fn explain(result: &RunResult, session: u32) -> Result<String, ExplainError> {
    let trace = find(result, session)?;
    let mut out = String::new();
    tell(&mut out, result, trace).expect("writing to a string does not fail");
    Ok(out)
}

fn find(result: &RunResult, session: u32) -> Result<&SessionTrace, ExplainError> {
    let groups = result.sessions.by_group.values();
    let total: u64 = groups.map(|group| group.total).sum();
    if u64::from(session) >= total {
        let last = total.saturating_sub(1);
        return Err(ExplainError::NoSuchSession { session, last });
    }
    let mut traces = result.traces.iter();
    let trace = traces.find(|trace| trace.session == session);
    trace.ok_or_else(|| ExplainError::NotKept {
        session,
        kept: kept(&result.traces),
    })
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
    let client = result.sessions.by_group.get(&trace.group);
    let client = client.map_or("", |group| group.client.as_str());
    writeln!(
        out,
        "{} · seed {} · session {} of group {}, client {client}\n",
        result.scenario, result.seed, trace.session, trace.group
    )?;
    line(out, trace.intended_start_ms, "is to start")?;
    match trace.started_ms {
        Some(at) => line(out, at, "starts")?,
        None => writeln!(out, "{:>12}  never started: the run ended first", "-")?,
    }
    for (number, step) in (1..).zip(&trace.steps) {
        tell_step(out, number, step)?;
    }
    left_out(out, trace.attempts_left_out, "attempts")?;
    left_out(out, trace.steps_left_out, "steps")?;
    tell_end(out, trace)
}

fn tell_step(out: &mut String, number: u32, step: &StepTrace) -> fmt::Result {
    let StepTrace {
        step: kind, about, ..
    } = step;
    line(
        out,
        step.began_ms,
        &format!("step {number}, {kind}: {about}"),
    )?;
    for attempt in &step.attempts {
        tell_attempt(out, attempt)?;
    }
    match (step.ended_ms, step.succeeded) {
        (Some(at), Some(true)) if step.tries > 1 => {
            line(out, at, &format!("  done at try {}", step.tries))
        }
        (Some(at), Some(true)) => line(out, at, "  done"),
        (Some(at), _) => {
            let kind = step.failure.as_deref().unwrap_or("given up");
            let tries = match step.tries {
                0 | 1 => String::new(),
                tries => format!(" after {tries} tries"),
            };
            line(out, at, &format!("  failed{tries}: {kind}"))
        }
        (None, _) => writeln!(out, "{:>12}    still under way when the run ended", "-"),
    }
}

fn tell_attempt(out: &mut String, attempt: &AttemptTrace) -> fmt::Result {
    let name = match attempt.retry_index {
        0 => "first attempt".to_owned(),
        index => format!("retry {index}"),
    };
    let asked = match attempt.asked.as_str() {
        "token" => String::new(),
        other => format!(" ({other})"),
    };
    let end = end(attempt);
    let after = attempt.latency_ms.map(length);
    let after = after.map_or(String::new(), |after| format!(" after {after}"));
    let wait = attempt.wait_after_ms.map(length);
    let wait = wait.map_or(String::new(), |wait| format!("; waits {wait}"));
    line(
        out,
        attempt.sent_ms,
        &format!("  {name}{asked}: {end}{after}{wait}"),
    )
}

fn end(attempt: &AttemptTrace) -> String {
    match attempt.outcome {
        AttemptOutcome::Granted => "granted".to_owned(),
        AttemptOutcome::Refused => {
            let by = match attempt.refused_by.as_deref() {
                Some("rate") => "by the limit per window",
                Some("concurrency") => "by the limit at once",
                Some("penalty") => "by the penalty after a refusal",
                _ => "by a limit that the service did not name",
            };
            format!("429, refused {by},")
        }
        AttemptOutcome::Failed => match (attempt.status, &attempt.no_answer) {
            (Some(200), _) => "200 without a token".to_owned(),
            (Some(status), _) => format!("{status}"),
            (None, Some(why)) => format!("no answer ({why})"),
            (None, None) => "no answer".to_owned(),
        },
        AttemptOutcome::Unanswered => "unanswered when the run ended".to_owned(),
    }
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
        None => writeln!(out, "{:>12}  {end}", "-")?,
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

fn line(out: &mut String, at_ms: f64, what: &str) -> fmt::Result {
    writeln!(out, "{:>12}  {what}", length(at_ms))
}

fn length(ms: f64) -> String {
    if ms < 1000.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.3} s", ms / 1000.0)
    }
}

//! What a session did in its steps: requests and waits for the file, in the order in which they began.

use std::fmt;

use super::lines::{line, shown, undated};
use crate::record::cause::{Cause, FileWait, WorksAs};
use crate::record::traces::{AttemptOutcome, AttemptTrace, ImportTrace, StepTrace, WorkTrace};
use crate::result::because::{length, limit};
use crate::result::messages::{Failing, message};

/// How the session read the profile, if it did.
pub(super) fn tell_import(out: &mut String, import: Option<&ImportTrace>) -> fmt::Result {
    let Some(import) = import else {
        return Ok(());
    };
    line(out, import.file.wanted_ms, "reads the profile's file, once")?;
    tell_wait(out, &import.file)?;
    let found = match (&import.found, import.degraded, import.damaged) {
        (_, true, _) => {
            "  goes on without it: nobody is signed in, and what it does stays in memory".to_owned()
        }
        (_, _, true) => "  it is damaged: nobody is signed in".to_owned(),
        (Some(identity), ..) => format!("  signed in is {}", works_as(identity)),
        (None, ..) => "  nobody is signed in".to_owned(),
    };
    line(out, import.file.wanted_ms + import.file.waited_ms, &found)
}

/// How the session imported its modules, if that took any work.
pub(super) fn tell_import_work(out: &mut String, work: Option<&WorkTrace>) -> fmt::Result {
    let Some(work) = work else {
        return Ok(());
    };
    line(out, work.began_ms, "imports its modules")?;
    tell_work(out, work)
}

/// One step, from its begin to its end.
pub(super) fn tell(out: &mut String, number: usize, step: &StepTrace) -> fmt::Result {
    let (kind, about) = (&step.step, &step.about);
    line(
        out,
        step.began_ms,
        &format!("step {number}, {kind}: {about}"),
    )?;
    for happened in in_order(step) {
        match happened {
            Happened::Attempt(attempt) => tell_attempt(out, attempt)?,
            Happened::Wait(wait) => tell_wait(out, wait)?,
            Happened::Work(work) => tell_work(out, work)?,
        }
    }
    tell_worker(out, step)?;
    match step.ended_ms {
        Some(at) => line(out, at, &end(step)),
        None => undated(out, "  still under way when the run ended"),
    }
}

/// What the author of the script sees of the step's failure, if it failed.
pub(super) fn tell_message(
    out: &mut String,
    step: &StepTrace,
    client: &str,
    version: Option<&str>,
) -> fmt::Result {
    let (Some(kind), Some(at)) = (&step.failure, step.ended_ms) else {
        return Ok(());
    };
    let failing = Failing {
        step: &step.step,
        kind,
        client,
        version,
    };
    shown(out, at, &message(&failing))
}

/// What a step did.
enum Happened<'s> {
    Attempt(&'s AttemptTrace),
    Wait(&'s FileWait),
    Work(&'s WorkTrace),
}

impl Happened<'_> {
    fn began_ms(&self) -> f64 {
        match self {
            Self::Attempt(attempt) => attempt.sent_ms,
            Self::Wait(wait) => wait.wanted_ms,
            Self::Work(work) => work.began_ms,
        }
    }
}

fn in_order(step: &StepTrace) -> Vec<Happened<'_>> {
    let attempts = step.attempts.iter().map(Happened::Attempt);
    let waits = step.file_waits.iter().map(Happened::Wait);
    let work = step.work.iter().map(Happened::Work);
    let mut all: Vec<_> = attempts.chain(waits).chain(work).collect();
    all.sort_by(|one, other| one.began_ms().total_cmp(&other.began_ms()));
    all
}

fn tell_work(out: &mut String, work: &WorkTrace) -> fmt::Result {
    let (needed, took) = (length(work.work_ms), length(work.ended_ms - work.began_ms));
    let what = format!("  works: {needed} of a core, in {took}");
    line(out, work.began_ms, &what)
}

fn end(step: &StepTrace) -> String {
    match (step.succeeded, step.tries) {
        (Some(true), 0 | 1) => "  done".to_owned(),
        (Some(true), tries) => format!("  done at try {tries}"),
        (_, tries) => {
            let kind = step.failure.as_deref().unwrap_or("given up");
            let tries = match tries {
                0 | 1 => String::new(),
                tries => format!(" after {tries} tries"),
            };
            format!("  failed{tries}: {kind}")
        }
    }
}

/// The account with which a failed step has worked.
fn tell_worker(out: &mut String, step: &StepTrace) -> fmt::Result {
    let worked_as = step
        .cause
        .as_deref()
        .and_then(|cause: &Cause| cause.worked_as.as_ref());
    match (worked_as, step.ended_ms) {
        (Some(identity), Some(at)) => line(out, at, &format!("  worked as {}", works_as(identity))),
        _ => Ok(()),
    }
}

fn tell_wait(out: &mut String, wait: &FileWait) -> fmt::Result {
    let waited = length(wait.waited_ms);
    let end = if wait.timed_out {
        "gave up"
    } else {
        "opened it"
    };
    let found = match wait.found_open {
        0 => String::new(),
        1 => ", found open once".to_owned(),
        times => format!(", found open {times} times"),
    };
    line(
        out,
        wait.wanted_ms,
        &format!("  wants the profile's file: {end} after {waited}{found}"),
    )
}

fn tell_attempt(out: &mut String, attempt: &AttemptTrace) -> fmt::Result {
    let name = match (attempt.asked.as_str(), attempt.retry_index) {
        ("resource_manager", _) => match &attempt.path {
            Some(path) => format!("asks Resource Manager for {path}"),
            None => "asks Resource Manager".to_owned(),
        },
        ("metadata", 0) => "first attempt (metadata)".to_owned(),
        ("metadata", index) => format!("retry {index} (metadata)"),
        (_, 0) => "first attempt".to_owned(),
        (_, index) => format!("retry {index}"),
    };
    let end = attempt_end(attempt);
    let after = attempt.latency_ms.map(length);
    let after = after.map_or(String::new(), |after| format!(" after {after}"));
    let wait = attempt.wait_after_ms.filter(|wait| *wait > 0.0).map(length);
    let wait = wait.map_or(String::new(), |wait| format!("; waits {wait}"));
    line(
        out,
        attempt.sent_ms,
        &format!("  {name}: {end}{after}{wait}"),
    )
}

fn attempt_end(attempt: &AttemptTrace) -> String {
    match attempt.outcome {
        AttemptOutcome::Granted => "granted".to_owned(),
        AttemptOutcome::Refused => {
            format!("429, refused {},", limit(attempt.refused_by.as_deref()))
        }
        AttemptOutcome::Failed => match (attempt.status, &attempt.no_answer) {
            (Some(200), _) => "200 without what was asked for".to_owned(),
            (Some(status), _) => format!("{status}"),
            (None, Some(why)) => format!("no answer ({why})"),
            (None, None) => "no answer".to_owned(),
        },
        AttemptOutcome::Unanswered => "unanswered when the run ended".to_owned(),
    }
}

fn works_as(id: &WorksAs) -> String {
    let account = id.account.as_deref().unwrap_or("nobody");
    match &id.subscription {
        Some(subscription) => format!("{account} in subscription {subscription}"),
        None => format!("{account} without a subscription"),
    }
}

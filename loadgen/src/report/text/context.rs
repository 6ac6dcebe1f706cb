//! What happened to the Azure context; nothing where no session had one.

use std::fmt::{self, Write};

use crate::record::cause::WorksAs;
use crate::report::length::length;
use crate::report::table::{align_right, percentiles, table};
use crate::result::run::{ContextInForce, GroupContext, RunResult};

pub(super) fn write(out: &mut String, result: &RunResult) -> fmt::Result {
    let context = &result.context;
    let Some(in_force) = &context.in_force else {
        return Ok(());
    };
    writeln!(out)?;
    for (name, what) in facts(result, in_force) {
        writeln!(out, "{name:<14} {what}")?;
    }
    let mut times = table(&["profile's file", "min", "p50", "p90", "p99", "p99.9", "max"]);
    times.add_row(percentiles("waited for", &context.lock.wait_ms, length));
    times.add_row(percentiles(
        "held for writing",
        &context.lock.held_ms,
        length,
    ));
    align_right(&mut times, 1);
    writeln!(out, "\n{times}")
}

/// What was in force and what came of it, each with its name.
pub(in crate::report) fn facts(
    result: &RunResult,
    in_force: &ContextInForce,
) -> Vec<(&'static str, String)> {
    let (context, lock) = (&result.context, &result.context.lock);
    vec![
        ("context", groups(in_force)),
        ("saved", saved(in_force)),
        (
            "wrong context",
            format!(
                "{} of {} sessions worked as another, or in another subscription, than their script says",
                result.sessions.wrong_context, result.sessions.total
            ),
        ),
        (
            "jobs done",
            format!(
                "the first after {}, the last after {}: of the sessions that succeeded",
                length(result.sessions.first_done_ms),
                length(result.sessions.last_done_ms)
            ),
        ),
        (
            "at the start",
            format!(
                "{} sessions could not import the module, {} could not read the file and went on without it; \
                 found damaged: {}",
                context.import_failed, context.import_degraded, context.file_damaged
            ),
        ),
        (
            "lock",
            format!(
                "wanted {}, found open {}, given up {}; the longest queue for the mutex: {}",
                lock.wanted, lock.busy, lock.timed_out, lock.longest_queue
            ),
        ),
    ]
}

fn groups(in_force: &ContextInForce) -> String {
    let groups = in_force.groups.iter();
    let groups: Vec<String> = groups.map(|(name, one)| group(name, one)).collect();
    groups.join("; ")
}

fn group(name: &str, group: &GroupContext) -> String {
    let on_error = if group.continues_on_error {
        "goes on after errors"
    } else {
        "stops at errors"
    };
    let GroupContext { version, logon, .. } = group;
    let measured = match &group.measured {
        Some(release) if !version.ends_with(&format!("-{release}")) => {
            format!(" (as {release} was measured)")
        }
        _ => String::new(),
    };
    format!("{name}: {version}{measured}, logon {logon}, {on_error}")
}

fn saved(in_force: &ContextInForce) -> String {
    let ContextInForce { poll_ms, tries, .. } = in_force;
    let saved = match (&in_force.saved, in_force.damaged) {
        (_, true) => "a file that cannot be read".to_owned(),
        (Some(saved), _) => works_as(saved),
        (None, _) => "nobody".to_owned(),
    };
    let [poll, min, max] =
        [*poll_ms, in_force.hold_min_ms, in_force.hold_max_ms].map(|ms| length(Some(ms)));
    let [first_min, first_max] =
        [in_force.hold_first_min_ms, in_force.hold_first_max_ms].map(|ms| length(Some(ms)));
    format!(
        "{saved}; tried {tries} times, every {poll}; held {min} to {max}, by a first sign-in {first_min} to {first_max} \
         longer"
    )
}

/// An identity and a subscription.
pub(in crate::report) fn works_as(id: &WorksAs) -> String {
    let or = |part: &Option<String>, none: &str| part.clone().unwrap_or_else(|| none.to_owned());
    format!(
        "{} in {}",
        or(&id.account, "nobody"),
        or(&id.subscription, "no subscription")
    )
}

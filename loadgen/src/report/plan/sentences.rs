//! The answer in sentences, the answer first.

use crate::report::schedule;
use crate::report::schedule::in_short::starts;
use crate::result::plan::{Answer, Decision, Late, Safe, Sought, Trial};
use crate::result::schedule::Schedule;

/// What was asked of what.
pub(crate) fn heading(answer: &Answer) -> String {
    let (scenario, groups, clients) = (
        &answer.scenario,
        answer.groups.join(", "),
        answer.clients.join(", "),
    );
    let sessions = answer
        .sessions
        .map_or(String::new(), |sessions| format!(" · {sessions} sessions"));
    format!(
        "{scenario} · simulated · group {groups}{sessions} · client {clients} · seeds from {}",
        answer.seed
    )
}

/// The answer first, then how sure it is.
pub(crate) fn sentences(answer: &Answer) -> Vec<String> {
    let mut out = vec![format!("answer       {}{}", found(answer), between(answer))];
    out.extend(
        answer
            .safe
            .as_ref()
            .map(|safe| format!("safe         {}", safely(answer, safe))),
    );
    out.extend(answer.range.map(|range| {
        let end =
            |end: Option<f64>| end.map_or("none".to_owned(), |end| number(answer.sought, end));
        format!(
            "range        {} to {} over all assumptions below",
            end(range.low),
            end(range.high)
        )
    }));
    out.push(format!("required     {}", required(answer)));
    out.extend(answer.trial().map(|trial| {
        let makespan = trial.makespan_ms.map_or("never".to_owned(), seconds);
        format!(
            "there        {} as required (at least {}, by {} runs); makespan {makespan} (median), by the limits alone {}",
            percent(trial.share),
            percent(trial.share_low),
            trial.runs,
            seconds(trial.limits_bound_ms)
        )
    }));
    out.extend(answer.late.iter().map(late));
    out.push(checked(answer));
    out.extend(answer.schedules.iter().map(scheduled));
    out.extend(
        answer
            .notes
            .iter()
            .map(|note| format!("note         {note}")),
    );
    out
}

fn required(answer: &Answer) -> String {
    let required = answer.required.join(", ");
    match answer.share {
        Some(share) => format!(
            "{required}; a figure of a run in {} of the runs or more",
            percent(share)
        ),
        None => required,
    }
}

fn found(answer: &Answer) -> String {
    let most = answer.sought.is_most();
    match answer.answer {
        None if most && answer.decided => format!("not even {}", least(answer.sought)),
        None if most => "none that is decided to hold".to_owned(),
        None => format!(
            "none decided to hold up to {} (--max)",
            amount(answer.sought, answer.max)
        ),
        Some(found) if most && (found - answer.max).abs() < 1e-9 => {
            format!(
                "at least {}, the most that were tried (--max)",
                amount(answer.sought, found)
            )
        }
        Some(found) => format!(
            "{} at {}",
            amount(answer.sought, found),
            if most { "most" } else { "least" }
        ),
    }
}

fn least(sought: Sought) -> &'static str {
    match sought {
        Sought::StartsPerSecond => "0.1 starts a second",
        _ => "1 session",
    }
}

/// Where the turn lies.
fn between(answer: &Answer) -> String {
    if answer.decided && (answer.answer.is_none() || is_at_an_end(answer)) {
        return format!(", with {} confidence", percent(answer.confidence));
    }
    if answer.decided {
        return format!(
            ", decided on both sides with {} confidence",
            percent(answer.confidence)
        );
    }
    let end = |end: Option<f64>, open: &str| {
        end.map_or(open.to_owned(), |end| number(answer.sought, end))
    };
    let (low, high) = (
        end(answer.interval.low, "less"),
        end(answer.interval.high, "more"),
    );
    let undecided = |trial: &Trial| trial.decision == Decision::Undecided && lies_in(answer, trial);
    let why = if answer.trials.iter().any(undecided) {
        format!(
            "up to {} runs a try do not decide it nearer",
            answer.most_runs
        )
    } else {
        "it was not searched nearer than 2 %".to_owned()
    };
    format!(
        "; the turn lies between {low} and {high} ({} confidence); {why}",
        percent(answer.confidence)
    )
}

/// Whether there is nothing to decide on the other side.
fn is_at_an_end(answer: &Answer) -> bool {
    let end = if answer.sought.is_most() {
        answer.max
    } else {
        0.0
    };
    answer
        .answer
        .is_some_and(|found| (found - end).abs() < 1e-9)
}

fn lies_in(answer: &Answer, trial: &Trial) -> bool {
    let above = answer.interval.low.is_none_or(|low| trial.value >= low);
    above && answer.interval.high.is_none_or(|high| trial.value <= high)
}

fn safely(answer: &Answer, safe: &Safe) -> String {
    let binding = &safe.binding;
    match safe.answer {
        Some(found) => format!(
            "{}, whichever row below is true; what binds: {binding}",
            amount(answer.sought, found)
        ),
        None => format!("none: what binds: {binding}"),
    }
}

fn late(late: &Late) -> String {
    let still = match late.decision {
        Decision::Holds => "as required",
        Decision::Fails => "not as required",
        Decision::Undecided => "undecided",
    };
    let (jitter, lost) = (seconds(late.jitter_ms), percent(late.lost));
    format!("if late      each start by up to {jitter}: {lost} of the sessions fail; {still}")
}

/// What is written, and what it comes to.
fn scheduled(written: &Schedule) -> String {
    let replayed = &written.replayed;
    let starts = starts(written);
    let refused = match replayed.refused {
        0 => "none refused".to_owned(),
        refused => format!("{refused} requests REFUSED"),
    };
    let off = replayed.lost_if_off_by_1s.map_or(String::new(), |lost| {
        format!("; each early or late by up to 1 s: {} fail", percent(lost))
    });
    format!(
        "schedule     {}: {} jobs, {starts}, {}; {} simulations: {refused}, {} of the sessions fail{off}",
        schedule::place(written.format),
        written.jobs.len(),
        if written.safe {
            "by the safe number"
        } else {
            "by the answer"
        },
        replayed.runs,
        percent(replayed.lost),
    )
}

fn checked(answer: &Answer) -> String {
    let against = answer
        .against()
        .map(|trial| number(answer.sought, trial.value));
    let against: Vec<String> = against.collect();
    if answer.monotone {
        return "checked      no other try contradicts this".to_owned();
    }
    format!(
        "NOT MONOTONE {} decided the other way: more is not always worse or better here",
        against.join(", ")
    )
}

pub(super) fn amount(sought: Sought, value: f64) -> String {
    match sought {
        Sought::Sessions if value < 2.0 => "1 session".to_owned(),
        Sought::Sessions => format!("{value} sessions"),
        Sought::SpreadMs => format!("a spread of {}", exactly(value)),
        Sought::IntervalMs => format!("an interval of {}", exactly(value)),
        Sought::StartsPerSecond => format!("{value} starts a second"),
    }
}

/// A number as it is shown in a table.
pub(crate) fn number(sought: Sought, value: f64) -> String {
    match sought {
        Sought::Sessions | Sought::StartsPerSecond => value.to_string(),
        Sought::SpreadMs | Sought::IntervalMs => exactly(value),
    }
}

/// What was tried, as fine as its steps are.
fn exactly(ms: f64) -> String {
    let hundredths = (ms / 10.0).fract() == 0.0;
    if hundredths {
        seconds(ms)
    } else {
        format!("{} s", ms / 1000.0)
    }
}

/// A share as it is shown.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", (share * 1e5).round() / 1e3)
}

pub(super) fn seconds(ms: f64) -> String {
    format!("{:.2} s", ms / 1000.0)
}

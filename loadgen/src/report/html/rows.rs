//! The rows of the chart of sessions. Everything of one kind is one path, however many sessions there
//! are, so that a page of five hundred is small and quick.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::figure::{px, rectangle};
use super::scale::Scale;
use crate::record::traces::{AttemptOutcome, AttemptTrace, SessionOutcome, SessionTrace};
use crate::report::length::length as time;

/// Rows of one height below each other.
pub(super) struct Rows {
    across: Scale,
    height: f64,
    /// Paths by their order, from behind to the front, and class.
    paths: BTreeMap<(u8, &'static str), String>,
    words: Vec<(f64, String)>,
}

/// The narrowest that an attempt is drawn: a refusal takes next to no time.
const NARROWEST: f64 = 2.0;

impl Rows {
    pub(super) fn new(across: Scale, height: f64) -> Self {
        Self {
            across,
            height,
            paths: BTreeMap::new(),
            words: vec![],
        }
    }

    /// Draws a session whose row begins at `y`.
    pub(super) fn add(&mut self, trace: &SessionTrace, y: f64) {
        let end = trace.ended_ms.unwrap_or(f64::INFINITY);
        self.span((0, "alive"), (trace.intended_start_ms, end), y, 0.2);
        if let (Some(started), Some(waited)) = (trace.started_ms, trace.at_gate_ms) {
            self.span((1, "gate"), (started, started + waited), y, 0.46);
        }
        for attempt in trace.steps.iter().flat_map(|step| &step.attempts) {
            self.attempt(attempt, y);
        }
        if trace.outcome == SessionOutcome::Failed {
            self.cross(end, y);
        }
        self.words.push((y, words(trace)));
    }

    /// The classes that there is anything of.
    pub(super) fn used(&self) -> Vec<&'static str> {
        self.paths.keys().map(|(_, class)| *class).collect()
    }

    pub(super) fn render(&self) -> Markup {
        let (left, right) = (self.across.at(0.0), self.across.at(f64::INFINITY));
        html! {
            @for ((_, class), path) in &self.paths { path class=(class) d=(path) {} }
            @for (y, words) in &self.words {
                path.feel d=(rectangle(left, *y, right - left, self.height)) { title { (words) } }
            }
        }
    }

    fn attempt(&mut self, attempt: &AttemptTrace, y: f64) {
        let end = attempt.ended_ms.unwrap_or(f64::INFINITY);
        self.span((2, class(attempt)), (attempt.sent_ms, end), y, 0.84);
        if let (Some(ended), Some(wait)) = (attempt.ended_ms, attempt.wait_after_ms) {
            self.span((1, "waiting"), (ended, ended + wait), y, 0.46);
        }
    }

    /// A bar in the middle of the row, of a part of its height.
    fn span(&mut self, class: (u8, &'static str), (from, to): (f64, f64), y: f64, part: f64) {
        let (left, right) = (self.across.at(from), self.across.at(to));
        let height = self.height * part;
        let bar = rectangle(
            left,
            y + (self.height - height) / 2.0,
            (right - left).max(NARROWEST),
            height,
        );
        self.paths.entry(class).or_default().push_str(&bar);
    }

    /// A cross right of the session's end.
    fn cross(&mut self, end: f64, y: f64) {
        let arm = (self.height / 3.0).min(4.0);
        let (x, y) = (self.across.at(end) + arm + 4.0, y + self.height / 2.0);
        let [left, right, top, foot] = [x - arm, x + arm, y - arm, y + arm].map(px);
        let cross = format!("M{left} {top}L{right} {foot}M{left} {foot}L{right} {top}");
        self.paths
            .entry((3, "failed"))
            .or_default()
            .push_str(&cross);
    }
}

fn class(attempt: &AttemptTrace) -> &'static str {
    match (attempt.outcome, attempt.refused_by.as_deref()) {
        (AttemptOutcome::Granted, _) => "granted",
        (AttemptOutcome::Refused, Some("concurrency")) => "slots",
        (AttemptOutcome::Refused, Some("rate")) => "rate",
        (AttemptOutcome::Refused, Some("penalty")) => "penalty",
        (AttemptOutcome::Refused, _) => "unnamed",
        (AttemptOutcome::Failed, _) => "other",
        (AttemptOutcome::Unanswered, _) => "unanswered",
    }
}

/// The tooltip of the row.
fn words(trace: &SessionTrace) -> String {
    let (number, group, attempts) = (trace.session, &trace.group, trace.attempts);
    let waited = time(Some(trace.waiting_ms));
    let ended = time(trace.ended_ms);
    let outcome = outcome(trace);
    let gate = trace.at_gate_ms.map(|waited| time(Some(waited)));
    let gate = gate.map_or(String::new(), |waited| format!("; at the gate: {waited}"));
    format!(
        "session {number} of {group}: {outcome} at {ended}; attempts: {attempts}, waited: {waited}{gate}"
    )
}

/// How a session ended, in words.
pub(super) fn outcome(trace: &SessionTrace) -> String {
    match (trace.outcome, &trace.failure) {
        (SessionOutcome::Succeeded, _) => "succeeded".to_owned(),
        (SessionOutcome::Failed, Some(kind)) => format!("failed: {kind}"),
        (SessionOutcome::Failed, None) => "failed".to_owned(),
        (SessionOutcome::Unfinished, _) => "unfinished".to_owned(),
    }
}

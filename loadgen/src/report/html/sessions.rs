//! Sessions as bars over time, with their attempts and the waits between them.

use maud::{Markup, html};

use super::figure::{Figure, LEFT, RIGHT, px, times_across};
use super::rows::{Rows, outcome};
use super::scale::{Scale, length};
use crate::record::traces::SessionTrace;
use crate::report::length::length as time;
use crate::result::run::RunResult;

/// So many sessions are drawn: more would be thinner than a line.
const MOST: usize = 500;

const LEGEND: [(&str, &str); 11] = [
    ("alive", "alive"),
    ("gate", "waits at the gate"),
    ("waiting", "waits for its next attempt"),
    ("granted", "granted"),
    ("slots", "refused, too many at once"),
    ("rate", "refused, too many in a window"),
    ("penalty", "refused, penalty"),
    ("unnamed", "refused, limit not named"),
    ("other", "any other end"),
    ("unanswered", "no answer when the run ended"),
    ("failed", "the session failed"),
];

/// The space above each group, for its name.
const HEADING: f64 = 20.0;

pub(super) fn sessions(result: &RunResult) -> Markup {
    if result.traces.is_empty() {
        return html! {
            section {
                h2 #sessions { "Sessions" }
                p.about { "No session left its story behind; " code { "--traces N" } " keeps those of N." }
            }
        };
    }
    let about = about(result, shown(&result.traces).len());
    chart(result, "sessions", "Sessions", &about, end_ms(result))
}

/// When the last of those that are drawn has ended.
pub(crate) fn end_ms(result: &RunResult) -> f64 {
    let ends = shown(&result.traces).into_iter().map(last_ms);
    ends.fold(0.0, f64::max)
}

/// The chart under a name, up to this time.
pub(crate) fn chart(
    result: &RunResult,
    id: &str,
    title: &str,
    about: &Markup,
    end_ms: f64,
) -> Markup {
    let shown = shown(&result.traces);
    let across = Scale::new(end_ms, LEFT, RIGHT);
    let (drawing, used, foot) = draw(result, &shown, &across);
    let legend = LEGEND.into_iter().filter(|(class, _)| used.contains(class));
    Figure {
        id,
        title,
        about: about.clone(),
        legend: legend.collect(),
        height: foot + 24.0,
        drawing: html! { (times_across(&across, 4.0, foot)) (drawing) },
        table: table(&shown),
    }
    .render()
}

/// All of them, or evenly chosen ones.
fn shown(traces: &[SessionTrace]) -> Vec<&SessionTrace> {
    let step = traces.len().div_ceil(MOST);
    traces.iter().step_by(step).collect()
}

fn about(result: &RunResult, shown: usize) -> Markup {
    let total = result.sessions.total;
    html! {
        "Each line is a session, from the moment at which it was to start until it ended. "
        @if total > shown as u64 { "Shown are " (shown) " of " (total) "." }
    }
}

/// The drawing, the classes that it uses, and how far down it goes.
fn draw<'c>(
    result: &RunResult,
    shown: &[&SessionTrace],
    across: &Scale,
) -> (Markup, Vec<&'c str>, f64) {
    let height = row_height(shown.len());
    let mut rows = Rows::new(*across, height);
    let mut headings = vec![];
    let mut y = 0.0;
    for group in shown.chunk_by(|one, other| one.group == other.group) {
        headings.push((y + HEADING - 6.0, heading(result, group[0])));
        y += HEADING;
        for trace in group {
            rows.add(trace, y);
            y += height;
        }
    }
    let drawing = html! {
        @for (y, heading) in &headings { text.label x=(px(LEFT)) y=(px(*y)) { (heading) } }
        (rows.render())
    };
    (
        drawing,
        rows.used(),
        length(shown) * height + length(&headings) * HEADING + 4.0,
    )
}

fn row_height(rows: usize) -> f64 {
    match rows {
        0..=60 => 12.0,
        61..=150 => 7.0,
        151..=300 => 4.0,
        _ => 3.0,
    }
}

fn heading(result: &RunResult, trace: &SessionTrace) -> String {
    let client = result.sessions.by_group.get(&trace.group);
    let client = client.map_or("", |group| group.client.as_str());
    let name: String = trace.group.chars().take(60).collect();
    format!("{name} · {client}")
}

/// The last that is known of it.
fn last_ms(trace: &SessionTrace) -> f64 {
    let attempts = trace.steps.iter().flat_map(|step| &step.attempts);
    let sent = attempts.map(|attempt| attempt.ended_ms.unwrap_or(attempt.sent_ms));
    let known = [
        trace.ended_ms,
        trace.started_ms,
        Some(trace.intended_start_ms),
    ];
    known.into_iter().flatten().chain(sent).fold(0.0, f64::max)
}

fn table(shown: &[&SessionTrace]) -> Markup {
    let gate = shown.iter().any(|trace| trace.at_gate_ms.is_some());
    html! {
        table {
            thead { tr {
                th scope="col" { "session" }
                th scope="col" { "group" }
                @for name in ["was to start", "started", "ended", "attempts", "waited"] {
                    th.number scope="col" { (name) }
                }
                @if gate { th.number scope="col" { "at the gate" } }
                th scope="col" { "outcome" }
            } }
            tbody {
                @for trace in shown {
                    tr {
                        th scope="row" { (trace.session) }
                        td { (trace.group) }
                        td.number { (time(Some(trace.intended_start_ms))) }
                        td.number { (time(trace.started_ms)) }
                        td.number { (time(trace.ended_ms)) }
                        td.number { (trace.attempts) }
                        td.number { (time(Some(trace.waiting_ms))) }
                        @if gate { td.number { (time(trace.at_gate_ms)) } }
                        td { (outcome(trace)) }
                    }
                }
            }
        }
    }
}

//! What was tried, against the number that was tried: the share that is as required, and the makespan.

use maud::{Markup, html};

use super::shares::Shares;
use crate::report::html::figure::{Figure, LEFT, RIGHT, px, times_upright};
use crate::report::html::scale::Scale;
use crate::report::html::tables::head;
use crate::report::length::never;
use crate::report::plan::{number, percent, unit};
use crate::result::plan::{Answer, Decision, Sought, Trial};

const TOP: f64 = 20.0;
const FOOT: f64 = 240.0;
const HEIGHT: f64 = 284.0;

/// A line above this has its words below it, where the drawing has room.
const HIGH: f64 = TOP + 30.0;

/// Half the width of the stroke at each end of an interval.
const STROKE: f64 = 4.0;

/// The share with its interval, the share that is wanted, and where the answer is.
pub(super) fn success(answer: &Answer) -> Markup {
    let across = across(answer);
    let upwards = Shares::of(answer, FOOT, TOP);
    let drawing = html! {
        @for (share, words) in upwards.marks() {
            @let y = upwards.at(share);
            path.grid d=(format!("M{LEFT} {}H{RIGHT}", px(y))) {}
            text.end x=(px(LEFT - 8.0)) y=(px(y + 4.0)) { (words) }
        }
        (foot(answer, &across))
        @for trial in &answer.trials {
            path class={ "line " (class(trial)) } d=(interval(trial, &across, &upwards)) {}
        }
        (targets(answer, &upwards))
        (answer_line(answer, &across))
    };
    Figure {
        id: "success",
        title: "As required",
        about: html! {
            "For each number that was tried: the share that is as required, and its interval at "
            (percent(answer.confidence)) " confidence. Required is " (answer.required.join(", "))
            ". An interval wholly on one side of the wanted share decides." (upwards.words())
        },
        legend: vec![
            ("line-3", "holds"),
            ("line-2", "fails"),
            ("line-all", "undecided"),
        ],
        height: HEIGHT,
        drawing,
        table: table(answer),
    }
    .render()
}

/// The makespan, and the least that the limits allow.
pub(super) fn makespan(answer: &Answer) -> Markup {
    let across = across(answer);
    let longest = answer
        .trials
        .iter()
        .flat_map(|trial| trial.makespan_ms.into_iter().chain([trial.limits_bound_ms]));
    let upwards = Scale::new(longest.fold(0.0, f64::max), FOOT, TOP);
    let of = |time: fn(&Trial) -> Option<f64>| {
        let points = answer
            .trials
            .iter()
            .filter_map(|trial| Some((trial.value, time(trial)?)));
        line(points, &across, &upwards)
    };
    let drawing = html! {
        (times_upright(&upwards, 6))
        (foot(answer, &across))
        path.line.line-1 d=(of(|trial| trial.makespan_ms)) {}
        path.line.line-2 d=(of(|trial| Some(trial.limits_bound_ms))) {}
        (answer_line(answer, &across))
    };
    Figure {
        id: "makespan",
        title: "Makespan",
        about: html! {
            "From the first intended start to the last token, the median of the runs, and the least time in which the "
            "limits let so many tokens be had."
        },
        legend: vec![("line-1", "makespan"), ("line-2", "by the limits alone")],
        height: HEIGHT,
        drawing,
        table: table(answer),
    }
    .render()
}

fn across(answer: &Answer) -> Scale {
    let values = answer.trials.iter().map(|trial| trial.value);
    let safe = answer.safe.as_ref().and_then(|safe| safe.answer);
    let values = values.chain(safe);
    Scale::new(values.fold(0.0, f64::max), LEFT, RIGHT)
}

fn foot(answer: &Answer, across: &Scale) -> Markup {
    let marks = match answer.sought {
        Sought::SpreadMs | Sought::IntervalMs => across.times(10),
        Sought::Sessions | Sought::StartsPerSecond => across.counts(10),
    };
    html! {
        @for mark in marks {
            @let x = px(across.at(mark));
            path.grid d=(format!("M{x} {TOP}V{FOOT}")) {}
            text.middle x=(x) y=(px(FOOT + 16.0)) { (number(answer.sought, mark)) }
        }
        text.middle x=(px(f64::midpoint(LEFT, RIGHT))) y=(px(FOOT + 34.0)) { (unit(answer.sought)) }
    }
}

fn answer_line(answer: &Answer, across: &Scale) -> Markup {
    html! {
        @if let Some(found) = answer.answer {
            @let x = across.at(found);
            path.limit d=(format!("M{} {TOP}V{FOOT}", px(x))) {}
            text.limit-name x=(px((x + 6.0).min(RIGHT - 120.0))) y=(px(TOP + 12.0)) { "answer: " (number(answer.sought, found)) }
        }
        @if let Some(safe) = answer.safe.as_ref().and_then(|safe| safe.answer) {
            @let x = across.at(safe);
            path.limit d=(format!("M{} {TOP}V{FOOT}", px(x))) {}
            text.limit-name x=(px((x + 6.0).min(RIGHT - 120.0))) y=(px(TOP + 28.0)) { "safe: " (number(answer.sought, safe)) }
        }
    }
}

/// A line across at the share that is wanted. Requirements that decide different tries may want different shares.
fn targets(answer: &Answer, upwards: &Shares) -> Markup {
    let mut wanted: Vec<f64> = answer.trials.iter().map(|trial| trial.target).collect();
    wanted.sort_by(f64::total_cmp);
    wanted.dedup();
    // The shares of many sessions, and of short spreads, are small: there the top of the drawing is empty.
    let (x, class) = if answer.sought.is_most() {
        (RIGHT - 6.0, "end limit-name")
    } else {
        (LEFT + 6.0, "limit-name")
    };
    html! {
        @for target in wanted {
            @let y = upwards.at(target);
            path.limit.target d=(format!("M{LEFT} {}H{RIGHT}", px(y))) {}
            text class=(class) x=(px(x)) y=(px(if y < HIGH { y + 14.0 } else { y - 6.0 })) { "wanted: " (percent(target)) }
        }
    }
}

/// An upright stroke from the lower to the upper end, with a cross stroke at the share.
fn interval(trial: &Trial, across: &Scale, upwards: &Shares) -> String {
    let x = across.at(trial.value);
    let (low, share, high) = (
        upwards.at(trial.share_low),
        upwards.at(trial.share),
        upwards.at(trial.share_high),
    );
    let stroke = |y: f64| format!("M{} {}h{}", px(x - STROKE), px(y), px(2.0 * STROKE));
    format!(
        "M{} {}V{}{}{}{}",
        px(x),
        px(low),
        px(high),
        stroke(low),
        stroke(share),
        stroke(high)
    )
}

fn line(points: impl Iterator<Item = (f64, f64)>, across: &Scale, upwards: &Scale) -> String {
    let at = |(value, ms): (f64, f64)| format!("{} {}", px(across.at(value)), px(upwards.at(ms)));
    let points: Vec<String> = points.map(at).collect();
    if points.is_empty() {
        String::new()
    } else {
        format!("M{}", points.join("L"))
    }
}

fn class(trial: &Trial) -> &'static str {
    match trial.decision {
        Decision::Holds => "line-3",
        Decision::Fails => "line-2",
        Decision::Undecided => "line-all",
    }
}

fn table(answer: &Answer) -> Markup {
    html! { table {
        (head(&[unit(answer.sought), "runs", "share", "from", "to", "wanted", "makespan", "by the limits"], 0..8))
        tbody {
            @for trial in &answer.trials {
                tr {
                    th.number scope="row" { (number(answer.sought, trial.value)) }
                    td.number { (trial.runs) }
                    td.number { (percent(trial.share)) }
                    td.number { (percent(trial.share_low)) }
                    td.number { (percent(trial.share_high)) }
                    td.number { (percent(trial.target)) }
                    td.number { (never(trial.makespan_ms)) }
                    td.number { (never(Some(trial.limits_bound_ms))) }
                }
            }
        }
    } }
}

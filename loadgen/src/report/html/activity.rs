//! What went on: answers in each second against the limits, and attempts sent in each bin.

use maud::{Markup, html};

use super::bars::{self, Bar, Panel, Series};
use super::figure::{Figure, LEFT, RIGHT, times_across};
use super::scale::Scale;
use crate::record::timeline::Second;
use crate::result::run::{BinResult, LimitsInForce, RunResult};

/// A second of the timeline, in milliseconds.
const SECOND_MS: f64 = 1000.0;

const GRANTED: [Series; 1] = [bars::GRANTED];

const NOT_GRANTED: [Series; 5] = bars::ends("anything else");

const SENT: [Series; 2] = [
    Series {
        class: "first",
        name: "first attempts",
    },
    Series {
        class: "retries",
        name: "retries",
    },
];

/// Answers in each second: granted above, against the limit, and the others below.
pub(super) fn seconds(result: &RunResult) -> Markup {
    let granted: Vec<Bar> = bars_of(&result.timeline, |second| vec![second.granted]);
    let others: Vec<Bar> = bars_of(&result.timeline, not_granted);
    let across = across(
        result
            .timeline
            .last()
            .map(|second| at_ms(second) + SECOND_MS),
    );
    let (series, bars) = (&GRANTED, &granted);
    let direct = result.broker.is_none() && result.fleet.is_none();
    let above = Panel {
        series,
        bars,
        across,
        width: SECOND_MS,
        top: 24.0,
        foot: 170.0,
        limit: direct.then(|| limit(&result.limits)).flatten(),
    };
    let below = Panel {
        series: &NOT_GRANTED,
        bars: &others,
        top: 202.0,
        foot: 330.0,
        limit: None,
        ..above
    };
    let mut legend = bars::legend(&GRANTED, &granted);
    legend.extend(bars::legend(&NOT_GRANTED, &others));
    let drawing = html! {
        (times_across(&across, 24.0, 330.0))
        text.label x="0" y="14" { "granted" }
        (above.render())
        text.label x="0" y="192" { "not granted" }
        (below.render())
    };
    Figure {
        id: "seconds",
        title: "Granted and refused each second",
        about: html! {
            "Answers that sessions received in each second of the run: tokens above, "
            "everything else below on a scale of its own. "
            @if direct { (limit_words(&result.limits)) }
            @else if result.fleet.is_some() { "All VMs are in it, so they are not set against the limits of one VM." }
            @else { "A broker has answered some of them, so they are not set against the limits of IMDS." }
        },
        legend,
        height: 356.0,
        drawing,
        table: bars::table(
            "second",
            &[
                (&GRANTED[..], &granted[..]),
                (&NOT_GRANTED[..], &others[..]),
            ],
        ),
    }
    .render()
}

/// Attempts sent in each bin: first ones, and those that came back.
pub(super) fn waves(result: &RunResult) -> Markup {
    let waves = &result.waves;
    let width = waves.bin_ms;
    let sent: Vec<Bar> = waves.bins.iter().map(sent).collect();
    let across = across(waves.bins.last().map(|bin| bin.at_ms + width));
    let panel = Panel {
        series: &SENT,
        bars: &sent,
        across,
        width,
        top: 10.0,
        foot: 180.0,
        limit: None,
    };
    Figure {
        id: "waves",
        title: "Attempts sent",
        about: html! {
            "Attempts that sessions sent in each " (super::scale::time(width)) ". Narrow towers of retries are "
            "sessions that come back in step. Waves of retries: " (waves.count)
            @if waves.count > 0 { ", the largest of " (waves.most_retries) }
            "."
        },
        legend: bars::legend(&SENT, &sent),
        height: 206.0,
        drawing: html! { (times_across(&across, 10.0, 180.0)) (panel.render()) },
        table: bars::table("from, ms", &[(&SENT[..], &sent[..])]),
    }
    .render()
}

fn bars_of(seconds: &[Second], counts: fn(&Second) -> Vec<u64>) -> Vec<Bar> {
    let bars = seconds.iter().map(|second| Bar {
        name: format!("second {}", second.second),
        at: at_ms(second),
        counts: counts(second),
    });
    bars.collect()
}

fn not_granted(second: &Second) -> Vec<u64> {
    vec![
        second.refused_concurrency,
        second.refused_rate,
        second.refused_penalty,
        second.refused_unnamed,
        second.other,
    ]
}

fn sent(bin: &BinResult) -> Bar {
    Bar {
        name: bin.at_ms.to_string(),
        at: bin.at_ms,
        counts: vec![bin.first, bin.retries],
    }
}

fn at_ms(second: &Second) -> f64 {
    super::scale::number(second.second) * SECOND_MS
}

fn across(end_ms: Option<f64>) -> Scale {
    Scale::new(end_ms.unwrap_or(SECOND_MS), LEFT, RIGHT)
}

/// The limit as a line, where its window is a second as the bars are.
fn limit(limits: &LimitsInForce) -> Option<(u64, String)> {
    let requests = limits.requests?;
    let a_second = limits
        .window_ms
        .is_some_and(|window| (window - SECOND_MS).abs() < 0.5);
    a_second.then(|| (requests.into(), format!("limit: {requests} a second")))
}

fn limit_words(limits: &LimitsInForce) -> String {
    match (limits.requests, limits.window_ms) {
        (Some(requests), Some(window)) => format!(
            "The limit is {requests} in {}; a second of the clock may hold parts of two windows.",
            super::scale::time(window)
        ),
        _ => "There is no limit of requests in a window.".to_owned(),
    }
}

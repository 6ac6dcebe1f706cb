//! Attempts by how often their operation had asked before.

use maud::{Markup, html};

use super::bars::{self, Bar, Panel, Series};
use super::figure::{Figure, LEFT, RIGHT, px};
use super::scale::{Scale, length};
use crate::record::RetryCount;
use crate::result::run::RunResult;

const SERIES: [Series; 6] = {
    let [slots, rate, penalty, unnamed, other] = bars::ends("any other end");
    [bars::GRANTED, slots, rate, penalty, unnamed, other]
};

/// So many names fit beneath the bars, and so many numbers.
const MOST_NAMES: usize = 12;
const MOST_NUMBERS: usize = 40;

pub(super) fn retries(result: &RunResult) -> Markup {
    let counts = &result.attempts.by_retry_index;
    let bars = counts.iter().zip(0_u32..);
    let bars: Vec<Bar> = bars
        .map(|((index, count), at)| bar(*index, count, at))
        .collect();
    let across = Scale::new(length(&bars).max(4.0), LEFT, RIGHT);
    let panel = Panel {
        series: &SERIES,
        bars: &bars,
        across,
        width: 1.0,
        top: 10.0,
        foot: 180.0,
        limit: None,
    };
    let drawing = html! {
        (panel.render())
        @if bars.len() <= MOST_NUMBERS {
            @for bar in &bars {
                text.middle x=(px(across.at(bar.at + 0.5))) y="197" {
                    @if bars.len() <= MOST_NAMES { (bar.name) } @else { (bar.at) }
                }
            }
        }
    };
    Figure {
        id: "retries",
        title: "Retries",
        about: html! {
            "What became of first attempts, of first retries, of second ones and so on."
        },
        legend: bars::legend(&SERIES, &bars),
        height: 206.0,
        drawing,
        table: table(result),
    }
    .render()
}

fn bar(index: u32, count: &RetryCount, at: u32) -> Bar {
    let refused = &count.refused_by;
    Bar {
        name: name(index),
        at: at.into(),
        counts: vec![
            count.granted,
            refused.concurrency,
            refused.rate,
            refused.penalty,
            refused.unnamed,
            count.other,
        ],
    }
}

fn name(index: u32) -> String {
    match index {
        0 => "first".to_owned(),
        _ => format!("retry {index}"),
    }
}

fn table(result: &RunResult) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "attempt" }
                @for name in ["sent", "granted", "refused", "too many at once", "too many in a window", "penalty",
                    "limit not named", "any other end"] { th.number scope="col" { (name) } }
            } }
            tbody {
                @for (index, count) in &result.attempts.by_retry_index {
                    @let by = &count.refused_by;
                    tr {
                        th scope="row" { (name(*index)) }
                        @for figure in [count.sent, count.granted, count.refused, by.concurrency, by.rate, by.penalty,
                            by.unnamed, count.other] { td.number { (figure) } }
                    }
                }
            }
        }
    }
}

//! How each figure is distributed over many runs, as a curve.

use maud::{Markup, html};

use super::curve::{FOOT, NEVER, TOP, line_of_never, outline, percents};
use super::figure::{Figure, LEFT, RIGHT, numbers_upright, px, times_upright};
use super::scale::Scale;
use crate::record::distribution::CurvePoint;
use crate::report::length::{length, never};
use crate::result::spread::curve;
use crate::result::summary::Summary;

/// A chart of each figure whose runs the summary has and which is not the same in all of them.
pub(super) fn distributions(summary: &Summary) -> Markup {
    let curves = summary
        .samples
        .iter()
        .map(|(path, samples)| (path, curve(samples)));
    let varying =
        curves.filter(|(_, points)| points.first().map(|p| p.ms) != points.last().map(|p| p.ms));
    html! {
        @for (index, (path, points)) in varying.enumerate() { (chart(index, path, &points)) }
    }
}

fn chart(index: usize, path: &str, points: &[CurvePoint]) -> Markup {
    let across = Scale::new(100.0, LEFT, RIGHT);
    let most = points
        .iter()
        .filter_map(|point| point.ms)
        .fold(0.0, f64::max);
    let upwards = Scale::new(most, FOOT, TOP);
    let drawing = html! {
        (percents(&across))
        @if path.contains("_ms") { (times_upright(&upwards, 6)) } @else { (numbers_upright(&upwards, 6)) }
        @if points.iter().any(|point| point.ms.is_none()) { (line_of_never()) }
        path.line.line-all d=(outline(points, &across, &upwards)) {}
        @for percent in [5_u8, 50, 95] { (mark(points, percent, (&across, &upwards), path)) }
    };
    Figure {
        id: &format!("distribution-{index}"),
        title: path,
        about: html! { "Percentage of runs in which it was at most this. Dots: p5, p50 and p95." },
        legend: vec![],
        height: 284.0,
        drawing,
        table: table(path, points),
    }
    .render()
}

/// A dot on the curve, with its figure as a tooltip.
fn mark(
    points: &[CurvePoint],
    percent: u8,
    (across, upwards): (&Scale, &Scale),
    path: &str,
) -> Markup {
    let point = points.get(usize::from(percent)).copied();
    html! {
        @if let Some(CurvePoint { percentile, ms }) = point {
            circle.dot cx=(px(across.at(percentile))) cy=(px(ms.map_or(NEVER, |ms| upwards.at(ms)))) r="4" {
                title { "p" (percentile) ": " (written(path, ms)) }
            }
        }
    }
}

fn table(path: &str, points: &[CurvePoint]) -> Markup {
    html! { table {
        thead { tr { th scope="col" { "per cent of the runs" } th.number scope="col" { "at most" } } }
        tbody {
            @for point in points.iter().step_by(5) {
                tr { th scope="row" { (point.percentile) } td.number { (written(path, point.ms)) } }
            }
        }
    } }
}

/// Times are written as times: their keys say that they are milliseconds.
pub(super) fn written(path: &str, figure: Option<f64>) -> String {
    if path.contains("_ms") {
        never(figure)
    } else {
        figure.map_or_else(|| length(None), |figure| figure.to_string())
    }
}

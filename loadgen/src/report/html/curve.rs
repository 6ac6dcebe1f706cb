//! Time to token as percentile curves, with "never" above every time.

use maud::{Markup, html};

use super::figure::{Figure, LEFT, RIGHT, px, times_upright};
use super::scale::Scale;
use crate::record::distribution::CurvePoint;
use crate::report::length::never;
use crate::result::run::RunResult;

/// Curves of more groups than that could not be distinguished; the table of groups has them all.
const MOST_GROUPS: usize = 6;

const LINES: [&str; MOST_GROUPS] = ["line-1", "line-2", "line-3", "line-4", "line-5", "line-6"];

pub(super) const TOP: f64 = 40.0;
pub(super) const FOOT: f64 = 260.0;
/// Where "never" is.
pub(super) const NEVER: f64 = 16.0;

struct Curve<'c> {
    class: &'static str,
    name: &'c str,
    points: &'c [CurvePoint],
}

pub(super) fn curve(result: &RunResult) -> Markup {
    let curves = curves(result);
    let across = Scale::new(100.0, LEFT, RIGHT);
    let upwards = Scale::new(longest(&curves), FOOT, TOP);
    let failed = result
        .time_to_token_curve
        .iter()
        .any(|point| point.ms.is_none());
    let drawing = html! {
        (percents(&across))
        (times_upright(&upwards, 6))
        @if failed { (line_of_never()) }
        @for curve in &curves {
            path class={ "line " (curve.class) } d=(outline(curve.points, &across, &upwards)) {}
        }
    };
    Figure {
        id: "time-to-token",
        title: "Time to token",
        about: html! {
            "Percentage of connects that had a token within this time of their intended start. "
            "Those that failed never had one: a curve that jumps to “never” does so where the successes end."
        },
        legend: curves.iter().map(|curve| (curve.class, curve.name)).collect(),
        height: 284.0,
        drawing,
        table: table(&curves),
    }
    .render()
}

/// Lines down the drawing at every tenth per cent.
pub(super) fn percents(across: &Scale) -> Markup {
    html! {
        @for percentile in (0..=100_u8).step_by(10) {
            @let x = px(across.at(percentile.into()));
            path.grid d=(format!("M{x} {TOP}V{FOOT}")) {}
            text.middle x=(x) y=(px(FOOT + 16.0)) { (percentile) " %" }
        }
    }
}

pub(super) fn line_of_never() -> Markup {
    html! {
        path.grid d=(format!("M{LEFT} {NEVER}H{RIGHT}")) {}
        text.end x=(px(LEFT - 8.0)) y=(px(NEVER + 4.0)) { "never" }
    }
}

/// All, and the groups if there are several.
fn curves(result: &RunResult) -> Vec<Curve<'_>> {
    let all = Curve {
        class: "line-all",
        name: "all",
        points: &result.time_to_token_curve,
    };
    let groups = &result.sessions.by_group;
    let several = (2..=MOST_GROUPS).contains(&groups.len());
    let groups = groups.iter().zip(LINES).filter(|_| several);
    let groups = groups.map(|((name, group), class)| Curve {
        class,
        name,
        points: &group.time_to_token_curve,
    });
    std::iter::once(all).chain(groups).collect()
}

fn longest(curves: &[Curve]) -> f64 {
    let points = curves.iter().flat_map(|curve| curve.points);
    points.filter_map(|point| point.ms).fold(0.0, f64::max)
}

/// A staircase, since between two points nothing is known.
pub(super) fn outline(points: &[CurvePoint], across: &Scale, upwards: &Scale) -> String {
    let place = |point: &CurvePoint| point.ms.map_or(NEVER, |ms| upwards.at(ms));
    let Some(first) = points.first() else {
        return String::new();
    };
    let start = format!("M{} {}", px(across.at(first.percentile)), px(place(first)));
    let steps = points[1..]
        .iter()
        .map(|point| format!("V{}H{}", px(place(point)), px(across.at(point.percentile))));
    std::iter::once(start).chain(steps).collect()
}

fn table(curves: &[Curve]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "per cent" }
                @for curve in curves { th.number scope="col" { (curve.name) } }
            } }
            tbody {
                @for (row, point) in curves[0].points.iter().enumerate() {
                    tr {
                        th scope="row" { (point.percentile) }
                        @for curve in curves {
                            td.number { (curve.points.get(row).map_or("-".to_owned(), |point| never(point.ms))) }
                        }
                    }
                }
            }
        }
    }
}

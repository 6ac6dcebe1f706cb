//! A chart with all that makes it readable: a heading, a text for screen readers, a legend, and
//! its figures as a table.

use maud::{Markup, html};

use super::scale::{Scale, time, written};

/// The width of every chart in its own units; the page scales it.
pub(super) const WIDTH: f64 = 960.0;

/// Where the drawing begins, right of the numbers of the upright axis.
pub(super) const LEFT: f64 = 62.0;

/// Where it ends.
pub(super) const RIGHT: f64 = WIDTH - 22.0;

/// A chart and its surroundings.
pub(super) struct Figure<'f> {
    /// Its name in links.
    pub(super) id: &'f str,
    pub(super) title: &'f str,
    /// What can be read from it, in a sentence or two.
    pub(super) about: Markup,
    /// The meaning of its colours: class and name.
    pub(super) legend: Vec<(&'f str, &'f str)>,
    /// The height of the drawing.
    pub(super) height: f64,
    pub(super) drawing: Markup,
    /// The same as a table.
    pub(super) table: Markup,
}

impl Figure<'_> {
    pub(super) fn render(&self) -> Markup {
        let (title_id, about_id) = (format!("{}-title", self.id), format!("{}-about", self.id));
        let size = format!("0 0 {WIDTH} {}", px(self.height));
        html! {
            figure id=(self.id) {
                h2 id=(title_id) { (self.title) }
                p.about id=(about_id) { (self.about) }
                (legend(&self.legend))
                div.scroll tabindex="0" role="region" aria-labelledby=(title_id) {
                    svg.chart viewBox=(size) role="img" aria-labelledby=(title_id) aria-describedby=(about_id) {
                        (self.drawing)
                    }
                }
                details {
                    summary { "The same as a table" }
                    div.scroll tabindex="0" role="region" aria-label=(format!("{}, as a table", self.title)) {
                        (self.table)
                    }
                }
            }
        }
    }
}

fn legend(entries: &[(&str, &str)]) -> Markup {
    html! {
        @if !entries.is_empty() {
            ul.legend {
                @for (class, name) in entries {
                    li {
                        svg.swatch viewBox="0 0 18 12" aria-hidden="true" {
                            path class=(class) d="M0 0h18v12h-18z" {}
                            path class={ (class) " stroke" } d="M0 6h18" {}
                        }
                        (name)
                    }
                }
            }
        }
    }
}

/// A coordinate: a tenth of a unit is finer than a screen.
pub(super) fn px(coordinate: f64) -> String {
    let tenths = (coordinate * 10.0).round() / 10.0;
    tenths.to_string()
}

/// A rectangle as a piece of a path.
pub(super) fn rectangle(x: f64, y: f64, width: f64, height: f64) -> String {
    let [x, y, width, height] = [x, y, width, height].map(px);
    format!("M{x} {y}h{width}v{height}h-{width}z")
}

/// Lines across the drawing at the counts of an upright axis, each with its number.
pub(super) fn counts(scale: &Scale, about: u32) -> Markup {
    upright(
        scale,
        scale
            .counts(about)
            .into_iter()
            .map(|mark| (mark, mark.to_string())),
    )
}

/// The same at times.
pub(super) fn times_upright(scale: &Scale, about: u32) -> Markup {
    upright(
        scale,
        scale
            .times(about)
            .into_iter()
            .map(|mark| (mark, time(mark))),
    )
}

/// The same at any numbers.
pub(super) fn numbers_upright(scale: &Scale, about: u32) -> Markup {
    let marks = scale.numbers(about).into_iter();
    upright(scale, marks.map(|mark| (mark, written(mark))))
}

fn upright(scale: &Scale, marks: impl Iterator<Item = (f64, String)>) -> Markup {
    html! {
        @for (mark, text) in marks {
            @let y = scale.at(mark);
            path.grid d=(format!("M{LEFT} {}H{RIGHT}", px(y))) {}
            text.end x=(px(LEFT - 8.0)) y=(px(y + 4.0)) { (text) }
        }
    }
}

/// Lines down the drawing at the times of the axis at its foot, each with its time.
pub(super) fn times_across(scale: &Scale, top: f64, foot: f64) -> Markup {
    html! {
        @for mark in scale.times(10) {
            @let x = px(scale.at(mark));
            path.grid d=(format!("M{x} {}V{}", px(top), px(foot))) {}
            text.middle x=(x) y=(px(foot + 16.0)) { (time(mark)) }
        }
    }
}

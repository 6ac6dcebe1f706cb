//! Counts as bars, one upon the other.

use maud::{Markup, html};

use super::figure::{counts, px, rectangle};
use super::scale::{Scale, number};

/// One kind of thing that is counted.
#[derive(Clone, Copy)]
pub(super) struct Series {
    /// The class that gives it its colour.
    pub(super) class: &'static str,
    pub(super) name: &'static str,
}

/// Attempts that got what they asked for.
pub(super) const GRANTED: Series = Series::new("granted", "granted");

/// Attempts that did not, by how they ended; the last have a name of the chart's own.
pub(super) const fn ends(other: &'static str) -> [Series; 5] {
    [
        Series::new("slots", "refused, too many at once"),
        Series::new("rate", "refused, too many in a window"),
        Series::new("penalty", "refused, penalty"),
        Series::new("unnamed", "refused, limit not named"),
        Series::new("other", other),
    ]
}

impl Series {
    const fn new(class: &'static str, name: &'static str) -> Self {
        Self { class, name }
    }
}

/// All that is counted at one place of the axis.
pub(super) struct Bar {
    /// What the place is called.
    pub(super) name: String,
    /// Where it begins, in the axis' own unit.
    pub(super) at: f64,
    /// How many of each series, in their order.
    pub(super) counts: Vec<u64>,
}

/// Bars between two heights of a drawing.
pub(super) struct Panel<'p> {
    pub(super) series: &'p [Series],
    pub(super) bars: &'p [Bar],
    /// The axis at the foot.
    pub(super) across: Scale,
    /// How wide a bar is, in the axis' own unit.
    pub(super) width: f64,
    pub(super) top: f64,
    pub(super) foot: f64,
    /// A count that is marked by a line, and what the line says.
    pub(super) limit: Option<(u64, String)>,
}

/// Bars beyond so many have no words of their own; the table has them.
const MOST_WORDS: usize = 600;

impl Panel<'_> {
    pub(super) fn render(&self) -> Markup {
        let scale = Scale::new(number(self.highest()), self.foot, self.top);
        html! {
            (counts(&scale, 5))
            @for (index, series) in self.series.iter().enumerate() {
                path class=(series.class) d=(self.outline(index, &scale)) {}
            }
            @if let Some((limit, words)) = &self.limit {
                @let y = scale.at(number(*limit));
                path.limit d=(format!("M{} {}H{}", px(self.left()), px(y), px(self.right()))) {}
                text.end.limit-name x=(px(self.right())) y=(px(y - 5.0)) { (words) }
            }
            @if self.bars.len() <= MOST_WORDS {
                @for bar in self.bars { (self.words(bar)) }
            }
        }
    }

    fn highest(&self) -> u64 {
        let bars = self.bars.iter().map(|bar| bar.counts.iter().sum());
        let limit = self.limit.as_ref().map(|(limit, _)| *limit);
        bars.chain(limit).max().unwrap_or_default()
    }

    /// All the rectangles of one series as one path.
    fn outline(&self, series: usize, scale: &Scale) -> String {
        let shown = self.bars.iter().filter(|bar| bar.counts[series] > 0);
        let rectangles = shown.map(|bar| {
            let below: u64 = bar.counts[..series].iter().sum();
            let foot = scale.at(number(below));
            let top = scale.at(number(below + bar.counts[series]));
            let (x, width) = self.extent(bar);
            rectangle(x, top, width, foot - top)
        });
        rectangles.collect()
    }

    /// A bar's left edge and width, with a gap to its neighbour where there is room for one.
    fn extent(&self, bar: &Bar) -> (f64, f64) {
        let (left, right) = (self.across.at(bar.at), self.across.at(bar.at + self.width));
        let width = right - left;
        let gap = if width > 4.0 {
            (width * 0.1).min(4.0)
        } else {
            0.0
        };
        (left + gap, (width - 2.0 * gap).max(0.6))
    }

    /// The tooltip of the bar.
    fn words(&self, bar: &Bar) -> Markup {
        let (x, width) = self.extent(bar);
        let counted = self.series.iter().zip(&bar.counts);
        let counted = counted.filter(|(_, count)| **count > 0);
        let counted = counted.map(|(series, count)| format!("{} {count}", series.name));
        let counted: Vec<String> = counted.collect();
        html! {
            path.feel d=(rectangle(x, self.top, width, self.foot - self.top)) {
                title { (bar.name) ": " (counted.join(", ")) }
            }
        }
    }

    fn left(&self) -> f64 {
        self.across.at(0.0)
    }

    fn right(&self) -> f64 {
        self.across.at(f64::INFINITY)
    }
}

/// The series that are counted at all, for a legend.
pub(super) fn legend(series: &[Series], bars: &[Bar]) -> Vec<(&'static str, &'static str)> {
    let counted = |index: usize| bars.iter().any(|bar| bar.counts[index] > 0);
    let counted = series
        .iter()
        .enumerate()
        .filter(|(index, _)| counted(*index));
    counted
        .map(|(_, series)| (series.class, series.name))
        .collect()
}

/// The bars as a table; `place` is the heading of their names.
pub(super) fn table(place: &str, panels: &[(&[Series], &[Bar])]) -> Markup {
    let (_, first) = panels[0];
    html! {
        table {
            thead { tr {
                th scope="col" { (place) }
                @for (series, _) in panels { @for one in *series { th.number scope="col" { (one.name) } } }
            } }
            tbody {
                @for (row, bar) in first.iter().enumerate() {
                    tr {
                        th scope="row" { (bar.name) }
                        @for (_, bars) in panels { @for count in &bars[row].counts { td.number { (count) } } }
                    }
                }
            }
        }
    }
}

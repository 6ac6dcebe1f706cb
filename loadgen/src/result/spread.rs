//! How a figure is spread over many runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::distribution::{CurvePoint, rank};

/// How a figure is spread over the runs. Null is "never", greater than every number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Spread {
    /// The least.
    pub min: Option<f64>,
    /// In one run of twenty it was at most this.
    pub p5: Option<f64>,
    /// In half the runs it was at most this.
    pub p50: Option<f64>,
    /// In nineteen runs of twenty it was at most this.
    pub p95: Option<f64>,
    /// The greatest.
    pub max: Option<f64>,
    /// The mean; null: one of them is "never", or the document is of a version that had no mean.
    #[serde(default)]
    pub mean: Option<f64>,
}

impl Spread {
    /// Infinity stands for "never". What is not a number was not measured and is left out; of nothing all is null.
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.retain(|figure| !figure.is_nan());
        figures.sort_by(f64::total_cmp);
        let at = |thousandths| at_rank(&figures, rank(figures.len() as u64, thousandths));
        Self {
            min: at(0),
            p5: at(50),
            p50: at(500),
            p95: at(950),
            max: at(1000),
            mean: mean(&figures),
        }
    }

    /// As reports show it: min, p5, p50, p95, max and mean.
    pub(crate) fn shown(&self) -> [Option<f64>; 6] {
        let Self {
            min,
            p5,
            p50,
            p95,
            max,
            mean,
        } = *self;
        [min, p5, p50, p95, max, mean]
    }
}

/// With four decimals, as figures have.
fn mean(figures: &[f64]) -> Option<f64> {
    let count = u32::try_from(figures.len()).ok()?;
    let mean = figures.iter().sum::<f64>() / f64::from(count);
    mean.is_finite().then(|| (mean * 1e4).round() / 1e4)
}

/// The curve of sorted figures: what so many per cent of the runs did not exceed.
pub(crate) fn curve(samples: &[Option<f64>]) -> Vec<CurvePoint> {
    let mut figures: Vec<f64> = samples.iter().map(|f| f.unwrap_or(f64::INFINITY)).collect();
    figures.sort_by(f64::total_cmp);
    let point = |percent: u8| CurvePoint {
        percentile: percent.into(),
        ms: at_rank(
            &figures,
            rank(figures.len() as u64, u64::from(percent) * 10),
        ),
    };
    (0..=100).map(point).collect()
}

/// The figure at this rank of sorted ones, the first for rank 0; none: it is "never", or there is none.
pub(super) fn at_rank(figures: &[f64], rank: u64) -> Option<f64> {
    let index = usize::try_from(rank.max(1) - 1).ok()?;
    let figure = figures.get(index).copied();
    figure.filter(|figure| figure.is_finite())
}

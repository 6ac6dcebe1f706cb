//! How a figure is spread over many runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::distribution::rank;

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
}

impl Spread {
    /// `figures` are not empty; infinity stands for "never".
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |thousandths| at_rank(&figures, rank(figures.len() as u64, thousandths));
        Self {
            min: at(0),
            p5: at(50),
            p50: at(500),
            p95: at(950),
            max: at(1000),
        }
    }
}

/// The figure at this rank of sorted ones, the first for rank 0; none: it is "never", or there is none.
pub(super) fn at_rank(figures: &[f64], rank: u64) -> Option<f64> {
    let index = usize::try_from(rank.max(1) - 1).ok()?;
    let figure = figures.get(index).copied();
    figure.filter(|figure| figure.is_finite())
}

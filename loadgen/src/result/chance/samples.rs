//! What is tested, and what a test finds.

use schemars::JsonSchema;
use serde::Serialize;

/// A test's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TestName {
    /// Whether the figures of one sample tend to be greater; runs of different seeds.
    MannWhitney,
    /// The same of runs of the same seeds, in pairs.
    WilcoxonSignedRank,
    /// Whether more runs of one sample lie beyond a value; runs of different seeds.
    FisherExact,
    /// The same of runs of the same seeds, in pairs.
    McNemarExact,
}

/// What a test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tested {
    /// Which test it was.
    pub name: TestName,
    /// Two-sided: how often chance alone would make as great a difference, either way.
    pub p: f64,
    /// Whether the new figures are the greater ones.
    pub greater: bool,
}

/// Two samples of the same figure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Samples {
    /// Of different seeds.
    Apart { base: Vec<f64>, new: Vec<f64> },
    /// Of the same seeds: base and new of each.
    Paired(Vec<(f64, f64)>),
}

impl Samples {
    /// The figures in order of their seeds; not a number where nothing was measured, which is left out.
    pub(crate) fn new(base: &[f64], new: &[f64], paired: bool) -> Self {
        let known = |figures: &[f64]| figures.iter().copied().filter(|f| !f.is_nan()).collect();
        if paired {
            let pairs = base.iter().copied().zip(new.iter().copied());
            Self::Paired(pairs.filter(|(b, n)| !b.is_nan() && !n.is_nan()).collect())
        } else {
            Self::Apart {
                base: known(base),
                new: known(new),
            }
        }
    }

    /// All figures of both, the least first.
    pub(super) fn pooled(&self) -> Vec<f64> {
        let mut pooled: Vec<f64> = match self {
            Self::Apart { base, new } => base.iter().chain(new).copied().collect(),
            Self::Paired(pairs) => pairs.iter().flat_map(|(base, new)| [*base, *new]).collect(),
        };
        pooled.sort_by(f64::total_cmp);
        pooled
    }
}

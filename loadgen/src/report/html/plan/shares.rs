//! Shares upwards: evenly, or by what is left of the whole where the wanted share is so high that an even scale shows
//! nothing of what decides.

use crate::report::html::scale::Scale;
use crate::report::plan::percent;
use crate::result::plan::Answer;

/// The greatest wanted share that an even scale shows well.
const EVEN: f64 = 0.95;

/// Where shares lie.
pub(super) enum Shares {
    /// From 0 to 1.
    Even(Scale),
    /// Each step upwards leaves a tenth of what was left to the whole, up to so many steps.
    Nines(Scale, u8),
}

impl Shares {
    /// For the wanted shares of this plan, between two coordinates.
    pub(super) fn of(answer: &Answer, foot: f64, top: f64) -> Self {
        let wanted = answer.trials.iter().map(|trial| trial.target);
        let most = wanted.fold(0.0, f64::max);
        if most <= EVEN {
            return Self::Even(Scale::new(1.0, foot, top));
        }
        // One step above the wanted share; the first that fits, since shares of `plan` are never 1.
        let steps = (2..=9).find(|steps| f64::from(*steps) >= nines(most) + 1.0);
        let steps = steps.unwrap_or(9);
        Self::Nines(Scale::new(steps.into(), foot, top), steps)
    }

    pub(super) fn at(&self, share: f64) -> f64 {
        match self {
            Self::Even(scale) => scale.at(share),
            Self::Nines(scale, _) => scale.at(nines(share)),
        }
    }

    /// The shares that have a line across, with their words.
    pub(super) fn marks(&self) -> Vec<(f64, String)> {
        match self {
            Self::Even(_) => (0..=5_u8)
                .map(|fifth| f64::from(fifth) / 5.0)
                .map(|share| (share, percent(share)))
                .collect(),
            Self::Nines(_, steps) => (0..=*steps)
                .map(|step| 1.0 - 0.1_f64.powi(step.into()))
                .map(|share| (share, percent(share)))
                .collect(),
        }
    }

    /// What has to be known to read the scale.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Even(_) => "",
            Self::Nines(..) => {
                " Each step upwards leaves a tenth of the failures; the topmost line is for more, too."
            }
        }
    }
}

/// How many nines a share has: 0 of 0, 1 of 0.9, 3 of 0.999.
fn nines(share: f64) -> f64 {
    -(1.0 - share).max(f64::MIN_POSITIVE).log10()
}

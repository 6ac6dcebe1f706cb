//! Whether a difference between two summaries is more than chance.

use super::comparison::{Figure, Outcome, Test};
use super::figures::Better;
use crate::result::chance::{self, Samples, Tested};
use crate::result::summary::Summary;

/// A difference counts if chance alone would make one such alarm or more in at most so many comparisons.
const LEVEL: f64 = 0.01;

/// How chance is told from change.
pub(super) enum Method<'s> {
    /// It is not, for this reason.
    ToleranceAlone(String),
    /// By tests on the runs of two summaries.
    Tested(Runs<'s>),
}

/// The runs of two summaries.
pub(super) struct Runs<'s> {
    base: &'s Summary,
    new: &'s Summary,
    /// Whether the runs of both have the same seeds, so that each has its partner.
    paired: bool,
    /// How many tests there are.
    family: u32,
}

impl<'s> Method<'s> {
    /// The method for the figures at these paths.
    pub(super) fn of(
        base: Option<&'s Summary>,
        new: Option<&'s Summary>,
        paths: &[String],
    ) -> Self {
        let (Some(base), Some(new)) = (base, new) else {
            return Self::ToleranceAlone("there is one run on each side".to_owned());
        };
        for (side, summary) in [("base", base), ("new one", new)] {
            if summary.samples.is_empty() {
                return Self::ToleranceAlone(format!(
                    "the {side} is of an earlier version and has no figures of its runs"
                ));
            }
        }
        let paired = base.first_seed == new.first_seed && base.runs == new.runs;
        let mut runs = Runs {
            base,
            new,
            paired,
            family: 0,
        };
        let tests = paths
            .iter()
            .filter(|path| runs.test(path).is_some())
            .count();
        runs.family = u32::try_from(tests).unwrap_or(u32::MAX);
        let least = chance::least_p(base.runs, new.runs, paired) * f64::from(runs.family);
        if least > LEVEL {
            return Self::ToleranceAlone(format!(
                "{} and {} runs are too few for {tests} tests at 1 %",
                base.runs, new.runs
            ));
        }
        Self::Tested(runs)
    }

    /// Whether there is a test of this figure.
    pub(super) fn tests(&self, path: &str) -> bool {
        match self {
            Self::ToleranceAlone(_) => false,
            Self::Tested(runs) => runs.test(path).is_some(),
        }
    }

    /// Gives each figure its test, and takes back each outcome that may be chance.
    pub(super) fn judge(&self, figures: &mut [Figure]) {
        let Self::Tested(runs) = self else {
            return;
        };
        let figures = figures.iter_mut();
        let tested =
            figures.filter_map(|figure| runs.test(&figure.path).map(|test| (figure, test)));
        let tested: Vec<(&mut Figure, Tested)> = tested.collect();
        let ps: Vec<f64> = tested.iter().map(|(_, tested)| tested.p).collect();
        for ((figure, tested), adjusted) in tested.into_iter().zip(chance::holm(&ps)) {
            settle(figure, tested, adjusted);
        }
    }

    /// It in words.
    pub(super) fn words(&self) -> String {
        let Runs { paired, family, .. } = match self {
            Self::ToleranceAlone(why) => return format!("by tolerance alone: {why}"),
            Self::Tested(runs) => runs,
        };
        let tests = if *paired {
            "of runs in pairs, by their seeds: Wilcoxon's signed ranks for p50 and the mean, McNemar's exact test for p5 and \
             p95; Fisher's exact test for the runs that passed"
        } else {
            "Mann and Whitney's for p50 and the mean, Fisher's exact test for p5, p95 and the runs that passed"
        };
        format!(
            "by tolerance and, at 1 %, by tests, two-sided and adjusted by Holm for all {family}: {tests}"
        )
    }
}

impl Runs<'_> {
    /// The test of a figure. All runs decide on its median and its mean, those in its tails on p5 and p95. The least and
    /// the greatest of many have no test.
    fn test(&self, path: &str) -> Option<Tested> {
        if path == "passed_ratio" {
            let of = |summary: &Summary| (summary.passed.into(), summary.runs.into());
            return Some(chance::counts(of(self.base), of(self.new)));
        }
        let (figure, end) = path.strip_prefix("metrics.")?.rsplit_once('.')?;
        let runs = |summary: &Summary| summary.figures_of_runs(figure);
        let samples = Samples::new(&runs(self.base)?, &runs(self.new)?, self.paired);
        match end {
            "p50" | "mean" => Some(chance::location(&samples)),
            "p5" => Some(chance::beyond(&samples, 50)),
            "p95" => Some(chance::beyond(&samples, 950)),
            _ => None,
        }
    }
}

/// A figure that differs by more than is tolerated differs only if its test says so too, and in the same direction.
fn settle(figure: &mut Figure, tested: Tested, adjusted: f64) {
    let greater_is_worse = figure.better == Better::Less;
    let shown = match figure.outcome {
        Outcome::Worse => tested.greater == greater_is_worse,
        Outcome::Better => tested.greater != greater_is_worse,
        Outcome::Same | Outcome::Chance => true,
    };
    if figure.outcome != Outcome::Same && !(shown && adjusted <= LEVEL) {
        figure.outcome = Outcome::Chance;
    }
    figure.test = Some(Test {
        name: tested.name,
        p: four_digits(tested.p),
        p_adjusted: four_digits(adjusted),
    });
}

fn four_digits(p: f64) -> f64 {
    format!("{p:.3e}").parse().unwrap_or(p)
}

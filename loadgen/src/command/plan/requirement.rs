//! What a plan requires: a share of all sessions of all runs, or a figure of a run in a share of the runs.

mod figure;
mod syntax;
mod timed;

use serde_json::Value;

use crate::record::sample::Sample;
use crate::scenario::definition::Scenario;
use crate::scenario::expectation::Expectation;

pub(super) use self::figure::{Figure, Summed};
pub(super) use self::timed::{Timed, What, Within};

/// One `--require`, or one expectation of the scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Requirement {
    /// Of all sessions (or tokens) of all runs, this share came in time.
    Share(ShareInTime),
    /// A figure of a run compares so with a number, in a share of the runs.
    OfRun {
        figure: Figure,
        expected: Expectation,
    },
}

/// `within(60s) >= 0.999`, or `p99.9 <= 60s`, which says the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShareInTime {
    pub(super) timed: Timed,
    pub(super) within: Within,
    /// The least share, above 0 and below 1.
    pub(super) share: f64,
    /// As it was written.
    pub(super) text: String,
}

impl Requirement {
    /// As it was written.
    #[must_use]
    pub(crate) fn described(&self) -> String {
        match self {
            Self::Share(share) => share.text.clone(),
            Self::OfRun { expected, .. } => expected.described(),
        }
    }

    /// The share that has to be shown; `of_runs` is that of figures of a run.
    #[must_use]
    pub(super) fn target(&self, of_runs: f64) -> f64 {
        match self {
            Self::Share(share) => share.share,
            Self::OfRun { .. } => of_runs,
        }
    }

    /// What is wrong with it for this scenario: what was expected instead.
    #[must_use]
    pub(super) fn problem(&self, scenario: &Scenario) -> Option<String> {
        let group = match self {
            Self::Share(share) => share.timed.group.as_ref(),
            Self::OfRun { figure, .. } => match figure {
                Figure::Summed { timed, .. } => timed.group.as_ref(),
                Figure::Path(path) => return figure::problem(path, scenario),
            },
        }?;
        let awaited = scenario.groups.iter().filter(|group| !group.background);
        let names: Vec<&str> = awaited.map(|group| group.name.as_str()).collect();
        let expected = || {
            format!(
                "a group after \" of \", one of {}, not \"{group}\"",
                names.join(", ")
            )
        };
        (!names.contains(&group.as_str())).then(expected)
    }

    /// The most things that a run can have, as far as the scenario says it: as many as its groups have sessions.
    #[must_use]
    pub(super) fn most(&self, scenario: &Scenario) -> u32 {
        match self {
            Self::OfRun { .. } => 1,
            Self::Share(share) => share.timed.sessions(scenario),
        }
    }

    /// How many things of a run were as required, and how many there were. `document` is the run's result, where
    /// its sample is not enough.
    #[must_use]
    pub(super) fn count(
        &self,
        scenario: &Scenario,
        sample: &Sample,
        document: Option<&Value>,
    ) -> (u32, u32) {
        match self {
            Self::Share(share) => share.count(scenario, sample),
            Self::OfRun { figure, expected } => {
                let met = figure.is_as(expected, scenario, sample, document);
                (met.into(), 1)
            }
        }
    }

    /// Whether the figure needs the whole record of a run, and not its sample alone.
    #[must_use]
    pub(super) fn needs_record(&self, scenario: &Scenario) -> bool {
        matches!(self, Self::OfRun { figure, .. } if figure.needs_record(scenario))
    }
}

impl ShareInTime {
    fn count(&self, scenario: &Scenario, sample: &Sample) -> (u32, u32) {
        let (mut met, mut all) = (0, 0);
        for group in self.timed.groups(scenario, sample) {
            let times = self.timed.times(group).iter();
            met += times.filter(|time| self.within.holds(**time)).count() as u64;
            all += self.timed.count(group);
        }
        let small = |number| u32::try_from(number).unwrap_or(u32::MAX);
        (small(met), small(all))
    }
}

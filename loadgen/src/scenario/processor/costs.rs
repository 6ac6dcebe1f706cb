//! What each step of a group's sessions costs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use imds_client::policy::Version;

use crate::scenario::script::{Pause, StepKind};

/// What keeps a core busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// The start of the session: its modules are loaded.
    Import,
    /// The first connect of a process, which also loads and compiles what later ones find ready.
    FirstConnect,
    /// A token that a process requests after its first; that of the first is part of its step.
    FurtherToken,
    /// One try of a step.
    Step(StepKind),
}

impl Work {
    /// All that can have a cost, in the order of reports.
    pub(crate) const ALL: [Self; 10] = [
        Self::Import,
        Self::FirstConnect,
        Self::Step(StepKind::Connect),
        Self::FurtherToken,
        Self::Step(StepKind::SetContext),
        Self::Step(StepKind::ListResources),
        Self::Step(StepKind::ClearContext),
        Self::Step(StepKind::DisableAutosave),
        Self::Step(StepKind::Refresh),
        Self::Step(StepKind::Metadata),
    ];

    /// Its name, as scenarios call it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::FirstConnect => "first_connect",
            Self::FurtherToken => "further_token",
            Self::Step(kind) => kind.name(),
        }
    }
}

/// How long something keeps one core busy, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cost {
    /// Each piece of work draws its own length from this.
    pub work: Pause,
    pub source: Source,
}

/// How a cost is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The scenario says so.
    Scenario,
    /// Measured on Az.Accounts 5.5.0.
    Measured,
    /// Inferred from what was measured of whole jobs of these releases.
    Inferred(&'static [Version]),
}

/// The releases whose whole jobs were measured.
const OLDER: Version = Version::new(2, 12, 1);
const NEWER: Version = Version::new(5, 5, 0);

/// Azure PowerShell, as far as its releases cost differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PowerShell {
    /// Az.Accounts before 5.0, where the change is assumed: between 2.12.1 and 5.5.0 nothing was measured.
    Older,
    /// Az.Accounts from 5.0 on.
    Newer,
}

impl PowerShell {
    /// That of a release; none: its number is not known.
    pub(crate) fn of(release: Option<Version>) -> Self {
        match release {
            Some(release) if release >= Version::new(5, 0, 0) => Self::Newer,
            _ => Self::Older,
        }
    }

    /// What its commands cost: the core-milliseconds of the mean, and by how many hundredths of it a piece of work may be
    /// shorter or longer.
    ///
    /// Measured on Az.Accounts 5.5.0 with Az.Resources 8.1.0 (PowerShell 7.6.9 on Linux, two cores, 2026-11-30),
    /// while 20 or 30 processes are at work: the means, but for those of a further token and of the import.
    ///
    /// Inferred: a further token. Twenty jobs of 2.12.1, each with seven tokens, end 1.8 s later than twenty of
    /// 5.5.0, each with one (10.7 and 8.9 s, no limits, two cores): 0.03 s of a core for each of six tokens.
    /// And how far pieces of work differ: in the same herds half of all connects end after 6.7 and 7.4 s, the
    /// last job some 2 s after what jobs that are all alike would need; of thirty imports on two cores, the
    /// first ends nearly as late as the last.
    fn cost(self, what: Work) -> Option<Cost> {
        let (mean_ms, hundredths, source) = match what {
            Work::Import => {
                let (mean_ms, of) = self.import();
                (mean_ms, 10, Source::Inferred(of))
            }
            Work::FirstConnect => (670, 50, Source::Measured),
            Work::Step(StepKind::Connect) => (100, 80, Source::Measured),
            Work::FurtherToken => (30, 80, Source::Inferred(&[OLDER, NEWER])),
            Work::Step(StepKind::SetContext) => (50, 80, Source::Measured),
            Work::Step(StepKind::ListResources) => (30, 80, Source::Measured),
            Work::Step(_) => return None,
        };
        let part_of_mean = |hundredths| Duration::from_micros(mean_ms * 10 * hundredths);
        let min = part_of_mean(100 - hundredths);
        let max = part_of_mean(100 + hundredths);
        let work = Pause { min, max };
        Some(Cost { work, source })
    }

    /// Core-milliseconds of the import of both modules, and the release of which that was inferred.
    ///
    /// Thirty jobs from nothing on two cores (2026-11-30; one run each) took, behind a gate of five and all at once with
    /// `-Scope Process`: of 2.12.1 59 and 74.5 s, of 5.5.0 71 and 98 s. Less what their other steps cost, an import
    /// keeps a core busy for 2.9 s beside four others and 4.0 s beside 29 (2.12.1), and for 4.0 and 5.8 s (5.5.0); 1.9 s
    /// where nothing else is at work (5.5.0, measured). One cost for all of these: with it each of those times, and
    /// those of the default scope, are met within a fifth (`tests/suite/remedies.rs`).
    fn import(self) -> (u64, &'static [Version]) {
        match self {
            Self::Older => (3200, &[OLDER]),
            Self::Newer => (4550, &[NEWER]),
        }
    }
}

/// What the sessions of a group cost the processor. What is not in it costs nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Costs {
    /// What the scenario says.
    said: BTreeMap<Work, Pause>,
    /// What the group's sessions do.
    done: BTreeSet<Work>,
    /// The sessions are Azure PowerShell's, so that what was measured counts.
    powershell: Option<PowerShell>,
}

impl Costs {
    /// Those of sessions that do what `done` says, and of which nothing else is known yet.
    #[must_use]
    pub(crate) fn of_sessions(done: impl Fn(Work) -> bool) -> Self {
        Self {
            done: Work::ALL.into_iter().filter(|work| done(*work)).collect(),
            ..Self::default()
        }
    }

    /// Sets what the scenario says.
    pub(crate) fn set(&mut self, what: Work, work: Pause) {
        self.said.insert(what, work);
    }

    /// The sessions are Azure PowerShell's, or not.
    pub(crate) fn set_powershell(&mut self, powershell: Option<PowerShell>) {
        self.powershell = powershell;
    }

    /// How long this keeps one core busy. A first connect is like any other unless something is known of it.
    #[inline]
    #[must_use]
    pub(crate) fn of(&self, work: Work) -> Option<Pause> {
        if self.said.is_empty() && self.powershell.is_none() {
            return None;
        }
        match (self.find(work), work) {
            (Some(cost), _) => Some(cost.work),
            (None, Work::FirstConnect) => self.of(Work::Step(StepKind::Connect)),
            (None, _) => None,
        }
    }

    /// All that costs something, in the order of reports.
    pub(crate) fn known(&self) -> impl Iterator<Item = (Work, Cost)> {
        let all = Work::ALL.into_iter();
        all.filter_map(|work| Some((work, self.find(work)?)))
    }

    fn find(&self, what: Work) -> Option<Cost> {
        let source = Source::Scenario;
        let said = self.said.get(&what);
        let said = said.map(|work| Cost {
            work: *work,
            source,
        });
        let powershell = self.powershell.filter(|_| self.done.contains(&what));
        said.or_else(|| powershell?.cost(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range_ms(costs: &Costs, work: Work) -> Option<(u128, u128)> {
        let Pause { min, max } = costs.of(work)?;
        Some((min.as_millis(), max.as_millis()))
    }

    #[test]
    fn powershell_costs_what_was_measured_and_pieces_of_work_differ() {
        let mut costs = Costs::of_sessions(|_| true);
        assert_eq!(range_ms(&costs, Work::Import), None);
        for (release, import) in [
            (None, (2880, 3520)),
            (Some(Version::new(4, 1, 0)), (2880, 3520)),
            (Some(Version::new(5, 0, 0)), (4095, 5005)),
        ] {
            costs.set_powershell(Some(PowerShell::of(release)));
            assert_eq!(range_ms(&costs, Work::Import), Some(import));
        }
        assert_eq!(range_ms(&costs, Work::FirstConnect), Some((335, 1005)));
        let connect = Work::Step(StepKind::Connect);
        assert_eq!(range_ms(&costs, connect), Some((20, 180)));
        assert_eq!(range_ms(&costs, Work::Step(StepKind::Think)), None);
    }

    #[test]
    fn a_first_connect_is_like_any_other_unless_something_is_known_of_it() {
        let mut costs = Costs::default();
        assert_eq!(range_ms(&costs, Work::FirstConnect), None);
        let second = Duration::from_secs(1);
        let alike = |length| Pause {
            min: length,
            max: length,
        };
        costs.set(Work::Step(StepKind::Connect), alike(second));
        assert_eq!(range_ms(&costs, Work::FirstConnect), Some((1000, 1000)));
        costs.set(Work::FirstConnect, alike(second * 2));
        assert_eq!(range_ms(&costs, Work::FirstConnect), Some((2000, 2000)));
    }
}

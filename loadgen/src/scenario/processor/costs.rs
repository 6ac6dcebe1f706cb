//! What each step of a group's sessions costs.

use std::collections::BTreeMap;
use std::time::Duration;

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
    /// Inferred from what was measured of whole jobs.
    Inferred,
}

/// What the sessions of a group cost the processor. What is not in it costs nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Costs {
    /// What the scenario says.
    said: BTreeMap<Work, Pause>,
    /// What the group's sessions do that Azure PowerShell's commands do, too.
    measured: BTreeMap<Work, Cost>,
    /// Whether the sessions are Azure PowerShell's, so that what was measured counts.
    powershell: bool,
}

/// Core-milliseconds of Azure PowerShell: the mean, and by how many hundredths of it a piece of work may
/// be shorter or longer.
///
/// Measured on Az.Accounts 5.5.0 with Az.Resources 8.1.0 (PowerShell 7.6.9 on Linux, two cores, 2026-11-30),
/// while 20 or 30 processes are at work: the means, but for that of a further token. The import of both
/// modules takes 1.9 s of a core where nothing else is at work.
///
/// Inferred: a further token. Twenty jobs of 2.12.1, each with seven tokens, end 1.8 s later than twenty of
/// 5.5.0, each with one (10.7 and 8.9 s, no limits, two cores): 0.03 s of a core for each of six tokens.
/// And how far pieces of work differ: in the same herds half of all connects end after 6.7 and 7.4 s, the
/// last job some 2 s after what jobs that are all alike would need; of thirty imports on two cores, the
/// first ends nearly as late as the last.
const POWERSHELL_MS: [(Work, u64, u64); 6] = [
    (Work::Import, 3500, 10),
    (Work::FirstConnect, 670, 50),
    (Work::Step(StepKind::Connect), 100, 80),
    (Work::FurtherToken, 30, 80),
    (Work::Step(StepKind::SetContext), 50, 80),
    (Work::Step(StepKind::ListResources), 30, 80),
];

impl Costs {
    /// What Azure PowerShell's commands cost, as far as `has` says that the sessions have such work.
    #[must_use]
    pub(crate) fn measured(has: impl Fn(Work) -> bool) -> Self {
        let measured = POWERSHELL_MS.into_iter().filter(|(work, ..)| has(*work));
        Self {
            measured: measured.map(of_powershell).collect(),
            ..Self::default()
        }
    }

    /// Sets what the scenario says.
    pub(crate) fn set(&mut self, what: Work, work: Pause) {
        self.said.insert(what, work);
    }

    /// Whether the sessions are Azure PowerShell's.
    pub(crate) fn set_powershell(&mut self, powershell: bool) {
        self.powershell = powershell;
    }

    /// How long this keeps one core busy. A first connect is like any other unless something is known of it.
    #[inline]
    #[must_use]
    pub(crate) fn of(&self, work: Work) -> Option<Pause> {
        if self.said.is_empty() && !self.powershell {
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
        let measured = self.measured.get(&what).filter(|_| self.powershell);
        said.or_else(|| measured.copied())
    }
}

fn of_powershell((what, mean_ms, hundredths): (Work, u64, u64)) -> (Work, Cost) {
    let part_of_mean = |hundredths| Duration::from_micros(mean_ms * 10 * hundredths);
    let min = part_of_mean(100 - hundredths);
    let max = part_of_mean(100 + hundredths);
    let source = match what {
        Work::FurtherToken => Source::Inferred,
        _ => Source::Measured,
    };
    let work = Pause { min, max };
    (what, Cost { work, source })
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
        let mut costs = Costs::measured(|_| true);
        assert_eq!(range_ms(&costs, Work::Import), None);
        costs.set_powershell(true);
        assert_eq!(range_ms(&costs, Work::Import), Some((3150, 3850)));
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

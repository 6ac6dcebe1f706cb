//! What failed: each kind of failure, how often, and one example of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cause::Cause;
use crate::scenario::script::StepKind;

/// The kind of failure of a session that could not read the context file at its start.
pub(crate) const IMPORT_DEGRADED: &str = "import_degraded";

/// The kind of failure of a session that found the context file damaged.
pub(crate) const FILE_DAMAGED: &str = "file_damaged";

/// Where in a session something fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// Before it has started.
    Start,
    /// When it waits at a gate, before its script begins.
    Gate,
    /// When it reads the context file, before its first step.
    Import,
    /// In a step of this kind.
    Step(StepKind),
}

/// All kinds of failure, by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failures {
    kinds: BTreeMap<(Place, String), FailureCount>,
}

/// The failures of one kind at one place.
#[derive(Clone, Debug, Default)]
pub(crate) struct FailureCount {
    /// How often.
    pub count: u64,
    /// One of them: the first whose session's trace is kept, or else the first.
    pub example: Option<Occurrence>,
    /// Whether the trace of the example's session is kept.
    traced: bool,
}

/// One failure.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Occurrence {
    pub session: u32,
    pub group: usize,
    /// Where in the session.
    pub place: Place,
    /// The number of the step, from 1 as sessions go through them; 0 before the first.
    pub step: u32,
    /// When, since the run's start.
    pub at: Duration,
    /// How often the step was tried.
    pub tries: u32,
    /// How it came about.
    pub cause: Cause,
}

impl Place {
    /// Its name: `start`, `gate`, `import`, or the kind of the step.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Gate => "gate",
            Self::Import => "import",
            Self::Step(kind) => kind.name(),
        }
    }
}

impl Failures {
    /// Counts one; `traced` says whether the trace of its session is kept.
    pub(super) fn count(&mut self, kind: &str, occurrence: Occurrence, traced: bool) {
        let key = (occurrence.place, kind.to_owned());
        let count = self.kinds.entry(key).or_default();
        count.count += 1;
        if count.example.is_none() || (traced && !count.traced) {
            count.traced = traced;
            count.example = Some(occurrence);
        }
    }

    /// Adds those of a VM whose groups are these, and whose sessions have numbers from `first` on.
    pub(super) fn absorb(&mut self, vm: Self, groups: &[usize], first: u32) {
        for (key, counts) in vm.kinds {
            let sum = self.kinds.entry(key).or_default();
            sum.count += counts.count;
            let better = sum.example.is_none() || (counts.traced && !sum.traced);
            if let Some(example) = counts.example.filter(|_| better) {
                sum.traced = counts.traced;
                sum.example = Some(Occurrence {
                    session: example.session + first,
                    group: groups[example.group],
                    ..example
                });
            }
        }
    }

    /// Counts sessions of which nothing is known.
    pub(super) fn count_unknown(&mut self, place: Place, kind: &str, count: u64) {
        if count > 0 {
            self.kinds
                .entry((place, kind.to_owned()))
                .or_default()
                .count += count;
        }
    }

    /// All of them, by place and kind.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (Place, &str, &FailureCount)> {
        let kinds = self.kinds.iter();
        kinds.map(|((place, kind), count)| (*place, kind.as_str(), count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn occurrence(session: u32) -> Occurrence {
        Occurrence {
            session,
            group: 0,
            place: Place::Step(StepKind::Connect),
            step: 1,
            at: Duration::ZERO,
            tries: 1,
            cause: Cause::default(),
        }
    }

    fn example(traced: &[bool]) -> (u64, u32) {
        let mut failures = Failures::default();
        for (session, traced) in (0..).zip(traced) {
            failures.count("imds_429", occurrence(session), *traced);
        }
        let (_, _, count) = failures.kinds().next().expect("one kind");
        (
            count.count,
            count.example.as_ref().expect("an example").session,
        )
    }

    #[test]
    fn the_example_is_the_first_whose_story_is_kept() {
        assert_eq!(example(&[false, false, true, true]), (4, 2));
        assert_eq!(example(&[true, false, true]), (3, 0));
        assert_eq!(example(&[false, false]), (2, 0));
    }
}

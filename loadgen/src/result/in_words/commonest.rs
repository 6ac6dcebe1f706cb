//! The most frequent failure of a run, of which its sentences are.

use crate::result::run::{FailureResult, GroupResult, RunResult};

/// A group, and a kind of failure with which its sessions failed first.
#[derive(Clone, Copy)]
pub(super) struct Commonest<'r> {
    /// The group's name.
    pub(super) group: &'r str,
    /// How its sessions fared.
    pub(super) counts: &'r GroupResult,
    pub(super) kind: &'r str,
    /// Where they failed so, with an example; none: that is not known, as of processes.
    pub(super) failure: Option<&'r FailureResult>,
}

impl<'r> Commonest<'r> {
    /// The one of the most sessions, the first of several; none: no session failed.
    pub(super) fn of(result: &'r RunResult) -> Option<Self> {
        let failures = result.failures.iter().rev();
        let known = failures.filter_map(|failure| Self::of_failure(result, failure));
        let count = |one: &Self| one.failure.map(|failure| failure.count);
        known
            .max_by_key(|one| (one.sessions(), count(one)))
            .or_else(|| Self::of_groups(result))
    }

    /// The failure of this kind of this group's sessions; none: there is no such group.
    pub(super) fn of_kind(result: &'r RunResult, group: &str, kind: &'r str) -> Option<Self> {
        let (group, counts) = result.sessions.by_group.get_key_value(group)?;
        let is_it = |failure: &&FailureResult| {
            let example = failure.example.as_ref();
            failure.kind == kind && example.is_some_and(|example| example.group == *group)
        };
        Some(Self {
            group,
            counts,
            kind,
            failure: (result.failures.iter().rev())
                .filter(is_it)
                .max_by_key(|failure| failure.count),
        })
    }

    /// The group is that of the example, so that the cause is one of its client.
    fn of_failure(result: &'r RunResult, failure: &'r FailureResult) -> Option<Self> {
        let example = failure.example.as_ref();
        let kind = failure.kind.as_str();
        let of_group = |(group, counts): (&'r String, &'r GroupResult)| Self {
            group,
            counts,
            kind,
            failure: Some(failure),
        };
        let groups =
            awaited(result).filter(|(name, _)| example.is_none_or(|it| it.group == **name));
        groups.map(of_group).rev().max_by_key(Self::sessions)
    }

    /// Where no failure is known but by its kind.
    fn of_groups(result: &'r RunResult) -> Option<Self> {
        let kinds = awaited(result).flat_map(|(group, counts)| {
            counts.by_failure.keys().map(move |kind| Self {
                group,
                counts,
                kind,
                failure: None,
            })
        });
        kinds.rev().max_by_key(Self::sessions)
    }

    /// Sessions of the group whose first failure is of this kind.
    fn sessions(&self) -> u64 {
        let sessions = self.counts.by_failure.get(self.kind);
        sessions.copied().unwrap_or_default()
    }
}

/// Groups in the background are not among the sessions that a run counts.
fn awaited(result: &RunResult) -> impl DoubleEndedIterator<Item = (&String, &GroupResult)> {
    let groups = result.sessions.by_group.iter();
    groups.filter(|(_, counts)| !counts.background)
}

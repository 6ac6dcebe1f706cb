//! The most frequent failure of many runs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How sessions failed most frequently in one run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Cause {
    /// The group of these sessions.
    pub group: String,
    /// The kind of their first failure.
    pub kind: String,
}

/// The runs in which sessions failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FailingRuns {
    /// How many there were.
    pub runs: u32,
    /// The kind of failure that was the most frequent one in the most of them, where a session counts by its first failure.
    pub kind: String,
    /// The group of the sessions that failed so.
    pub group: String,
    /// The policy of the group's client.
    pub client: String,
    /// In how many runs it was the most frequent one.
    pub most_frequent_in: u32,
    /// The seed of the first of these.
    pub seed: u64,
    /// What to change for that one, in words; null: that is not known.
    pub to_change: Option<String>,
}

/// Counts causes as runs come.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// In how many runs each was the most frequent one, and the seed of the first of them.
    counts: BTreeMap<Cause, (u32, u64)>,
}

impl Cause {
    /// The one of the most sessions, by groups' failures; the first in the order of names, of several. None: no session
    /// failed.
    pub(super) fn of<'f>(
        groups: impl Iterator<Item = (&'f str, &'f BTreeMap<String, u64>)>,
    ) -> Option<Self> {
        let failures = groups.flat_map(|(group, kinds)| {
            let kinds = kinds.iter().filter(|(_, count)| **count > 0);
            kinds.map(move |(kind, count)| (*count, group, kind.as_str()))
        });
        let most = failures.max_by(|one, other| {
            let names = (other.1, other.2).cmp(&(one.1, one.2));
            one.0.cmp(&other.0).then(names)
        });
        most.map(|(_, group, kind)| Self {
            group: group.to_owned(),
            kind: kind.to_owned(),
        })
    }
}

impl Causes {
    /// Counts a run of this seed.
    pub(super) fn add(&mut self, cause: Option<Cause>, seed: u64) {
        if let Some(cause) = cause {
            self.counts.entry(cause).or_insert((0, seed)).0 += 1;
        }
    }

    /// The runs that failed, with the clients of the groups; none: no run did.
    pub(super) fn failing(self, clients: &BTreeMap<String, String>) -> Option<FailingRuns> {
        let runs = self.counts.values().map(|(count, _)| count).sum();
        let counts = self.counts.into_iter().rev();
        let (cause, (most_frequent_in, seed)) = counts.max_by_key(|(_, (count, _))| *count)?;
        Some(FailingRuns {
            runs,
            client: clients.get(&cause.group).cloned().unwrap_or_default(),
            kind: cause.kind,
            group: cause.group,
            most_frequent_in,
            seed,
            to_change: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(groups: &[(&str, &[(&str, u64)])]) -> Option<(String, String)> {
        let kinds = |kinds: &[(&str, u64)]| -> BTreeMap<String, u64> {
            let kinds = kinds.iter();
            kinds
                .map(|(kind, count)| ((*kind).to_owned(), *count))
                .collect()
        };
        let groups: Vec<(&str, BTreeMap<String, u64>)> =
            groups.iter().map(|(name, of)| (*name, kinds(of))).collect();
        let found = Cause::of(groups.iter().map(|(name, of)| (*name, of)));
        found.map(|cause| (cause.group, cause.kind))
    }

    #[test]
    fn the_cause_of_a_run_is_the_most_frequent_failure_of_one_group() {
        let named = |group: &str, kind: &str| Some((group.to_owned(), kind.to_owned()));
        let mixed = cause(&[("b", &[("x", 3), ("y", 5)]), ("a", &[("x", 4)])]);
        assert_eq!(mixed, named("b", "y"));
        let equal = cause(&[("b", &[("x", 2)]), ("a", &[("y", 2), ("x", 2)])]);
        assert_eq!(equal, named("a", "x"));
        assert_eq!(cause(&[("a", &[("x", 0)]), ("b", &[])]), None);
    }

    #[test]
    fn of_many_runs_it_is_the_cause_of_the_most() {
        let of = |kind: &str| {
            let (group, kind) = ("a".to_owned(), kind.to_owned());
            Some(Cause { group, kind })
        };
        let mut causes = Causes::default();
        for (seed, cause) in (7..).zip([of("x"), None, of("y"), of("y")]) {
            causes.add(cause, seed);
        }
        let clients = BTreeMap::from([("a".to_owned(), "azure-cli".to_owned())]);
        let failing = causes.failing(&clients).expect("some failed");
        let (kind, client) = (failing.kind.as_str(), failing.client.as_str());
        assert_eq!((kind, client), ("y", "azure-cli"));
        let counts = (failing.runs, failing.most_frequent_in, failing.seed);
        assert_eq!(counts, (3, 2, 9));
        assert_eq!(Causes::default().failing(&clients), None);
    }
}

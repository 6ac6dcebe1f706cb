//! The part of the result on sessions.

use std::collections::{BTreeMap, BTreeSet};

use imds_client::policy::{Alias, RestsOn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{ratio, span_ms};
use super::spent::TimeSpent;
use super::through::ThroughResult;
use crate::record::distribution::{CurvePoint, Percentiles};
use crate::record::{GroupRecord, Record, Refusals};
use crate::scenario::definition::{Group, Scenario};

/// How the sessions fared.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Sessions {
    /// All of them, those in the background left out.
    pub total: u64,
    /// Those whose every step succeeded.
    pub succeeded: u64,
    /// The others.
    pub failed: u64,
    /// Those that worked as another identity, or in another subscription, than their script says.
    pub wrong_context: u64,
    /// Succeeded by total.
    pub success_ratio: f64,
    /// From the first intended start to the end of the first session that succeeded; null if none did.
    pub first_done_ms: Option<f64>,
    /// From the first intended start to the end of the last session that succeeded; null if none did.
    pub last_done_ms: Option<f64>,
    /// Failed ones by the kind of their first failure.
    pub by_failure: BTreeMap<String, u64>,
    /// The same, and more, for each group, those in the background too.
    pub by_group: BTreeMap<String, GroupResult>,
}

/// How the sessions of one group fared.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct GroupResult {
    /// The policy of the group's client.
    pub client: String,
    /// What the model of that client rests on, where the release that it names was not measured itself: those
    /// between which it lies; or the preset that it behaves as, where it has no model of its own; null otherwise.
    #[serde(default)]
    pub client_rests_on: Option<String>,
    /// How its sessions arrived, as scenarios call it: `herd`, `every`, `poisson`, `rate`, `stages`, `replay`;
    /// or `closed`, where a session waits for the one before it and so hides how long it would have waited
    /// for the VM.
    pub arrival: String,
    /// What stood between its sessions and IMDS; left out: nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<ThroughResult>,
    /// How many users had sessions one after the other; null: the arrival was not closed.
    pub users: Option<u32>,
    /// How many sessions were planned; null: as many as the users could begin in their time.
    pub planned: Option<u64>,
    /// Whether the run did not wait for its sessions, but ended them with the others.
    pub background: bool,
    /// All of them.
    pub total: u64,
    /// Those whose every step succeeded.
    pub succeeded: u64,
    /// The others.
    pub failed: u64,
    /// Succeeded by total.
    pub success_ratio: f64,
    /// Failed ones by the kind of failure.
    pub by_failure: BTreeMap<String, u64>,
    /// Attempts sent.
    pub attempts: u64,
    /// Tokens received.
    pub tokens: u64,
    /// Attempts refused.
    pub refused: Refusals,
    /// From the intended start of every connect to its token; null where a percentile is "never".
    pub time_to_token_ms: Percentiles,
    /// The same, of those that got one.
    pub time_to_token_succeeded_ms: Percentiles,
    /// The percentile curve of `time_to_token_ms`, for a chart.
    pub time_to_token_curve: Vec<CurvePoint>,
    /// What the group's time went into.
    pub time_spent_ms: TimeSpent,
    /// From the group's first intended start to its last token; null if there was none.
    pub makespan_ms: Option<f64>,
}

impl Sessions {
    /// What the models of the groups' clients rest on, where a group names a release that was not measured, or a
    /// client that behaves as a preset of another name.
    #[must_use]
    pub(crate) fn clients_rest_on(&self) -> BTreeSet<&str> {
        let groups = self.by_group.values();
        groups
            .filter_map(|group| group.client_rests_on.as_deref())
            .collect()
    }

    pub(super) fn new(scenario: &Scenario, record: &Record) -> Self {
        let ended = record.ended();
        let groups = || scenario.groups.iter().zip(&record.groups);
        let awaited = groups().filter(|(group, _)| !group.background);
        let total = awaited
            .map(|(group, counts)| counts.size(group.planned()))
            .sum();
        Self {
            total,
            succeeded: ended.succeeded,
            failed: ended.failed,
            wrong_context: record.context.wrong,
            success_ratio: ratio(ended.succeeded, total).unwrap_or_default(),
            first_done_ms: span_ms(
                record.first_start,
                record.awaited().filter_map(|group| group.first_done).min(),
            ),
            last_done_ms: span_ms(
                record.first_start,
                record.awaited().filter_map(|group| group.last_done).max(),
            ),
            by_failure: by_failure(record),
            by_group: groups()
                .map(|(group, counts)| (group.name.clone(), GroupResult::new(group, counts)))
                .collect(),
        }
    }
}

impl GroupResult {
    /// How many sessions were planned, or how many users where that was left to time.
    #[must_use]
    pub(crate) fn size_by_plan(&self) -> u64 {
        let users = || self.users.map_or(self.total, u64::from);
        self.planned.unwrap_or_else(users)
    }

    fn new(group: &Group, counts: &GroupRecord) -> Self {
        let total = counts.size(group.planned());
        Self {
            client: group.policy.name.clone(),
            client_rests_on: rests_on(group),
            arrival: group.arrival.kind().to_owned(),
            through: ThroughResult::of(group, counts),
            users: group.arrival.closed().map(|closed| closed.users),
            planned: group.planned().map(u64::from),
            background: group.background,
            total,
            succeeded: counts.succeeded,
            failed: counts.failed(),
            success_ratio: ratio(counts.succeeded, total).unwrap_or_default(),
            by_failure: counts.by_failure.clone(),
            attempts: counts.attempts,
            tokens: counts.granted,
            refused: counts.refused,
            time_to_token_ms: counts.time_to_token.percentiles(),
            time_to_token_succeeded_ms: counts.time_to_token.percentiles_without_never(),
            time_to_token_curve: counts.time_to_token.curve(),
            time_spent_ms: TimeSpent::of_group(counts),
            makespan_ms: span_ms(counts.first_start, counts.last_token),
        }
    }
}

/// Nothing where the release itself was measured, or the client is the preset.
fn rests_on(group: &Group) -> Option<String> {
    let release = group.release.as_ref();
    let unmeasured = release.filter(|release| release.rests_on != RestsOn::Measured);
    let name = &group.policy.name;
    let behaves_as = |alias: &Alias| format!("{name} behaves as {}", alias.policy.name);
    let alias = || Alias::of(&group.policy).map(behaves_as);
    unmeasured.map(ToString::to_string).or_else(alias)
}

fn by_failure(record: &Record) -> BTreeMap<String, u64> {
    let mut all = BTreeMap::new();
    for (kind, count) in record.awaited().flat_map(|group| &group.by_failure) {
        *all.entry(kind.clone()).or_default() += count;
    }
    all
}

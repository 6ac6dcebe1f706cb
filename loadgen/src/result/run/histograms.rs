//! The part of the result by which the distributions of several results are added.

use std::collections::BTreeMap;

use crate::record::distribution::{Distribution, Encoded};
use crate::record::{GroupRecord, Record};
use crate::scenario::definition::{Group, Scenario};
use crate::scenario::through::Through;

/// Each distribution of a run by the path of its percentiles, whose times to token of the whole run are these.
pub(super) fn of(
    scenario: &Scenario,
    record: &Record,
    time_to_token: &Distribution,
) -> BTreeMap<String, Encoded> {
    let groups = || scenario.groups.iter().zip(&record.groups);
    let broker = groups().any(|(group, _)| group.broker().is_some());
    let broker = broker.then_some(("broker.granted_latency_ms", &record.broker.granted_latency));
    let of_run = of_run(record, time_to_token).into_iter();
    let of_run = of_run.chain(of_others(record)).chain(broker);
    let of_run = of_run.map(|(path, distribution)| (path.to_owned(), distribution.encoded()));
    of_run
        .chain(groups().flat_map(|(group, counts)| of_group(group, counts)))
        .collect()
}

type Measured<'r> = (&'static str, &'r Distribution);

fn of_run<'r>(record: &'r Record, time_to_token: &'r Distribution) -> [Measured<'r>; 5] {
    [
        ("time_to_token_ms", time_to_token),
        ("attempt_latency_ms.granted", &record.granted_latency),
        ("attempt_latency_ms.refused", &record.refused_latency),
        ("attempt_latency_ms.other", &record.other_latency),
        ("start_lag_ms", &record.start_lag),
    ]
}

fn of_others(record: &Record) -> [Measured<'_>; 4] {
    let (metadata, manager) = (&record.metadata, &record.resource_manager);
    let context = &record.context;
    [
        ("metadata.granted_latency_ms", &metadata.granted_latency),
        (
            "resource_manager.granted_latency_ms",
            &manager.granted_latency,
        ),
        ("context.lock.wait_ms", &context.waited),
        ("context.lock.held_ms", &context.held),
    ]
}

/// Its times to token, and its waits at its gate if it has one.
fn of_group(group: &Group, counts: &GroupRecord) -> impl Iterator<Item = (String, Encoded)> {
    let gate = group.through.as_ref().and_then(Through::gate);
    let gate = gate.map(|_| (at_gate(&group.name), counts.at_gate.encoded()));
    let times = (
        time_to_token_of(&group.name),
        counts.time_to_token.encoded(),
    );
    [times].into_iter().chain(gate)
}

/// The path of the times to token of a group.
#[must_use]
pub(crate) fn time_to_token_of(group: &str) -> String {
    format!("sessions.by_group.{group}.time_to_token_ms")
}

/// The path of the waits of a group at its gate.
#[must_use]
pub(crate) fn at_gate(group: &str) -> String {
    format!("sessions.by_group.{group}.through.waited_ms")
}

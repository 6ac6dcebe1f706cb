//! What a result counts, added to that of another.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::record::{Refusals, RetryCount};
use crate::result::run::{
    ContextResult, FailureResult, GroupResult, ProcessorResult, RequestsResult, RunResult,
    Sessions, StepsResult, TimeSpent, Waves,
};

/// Adds the other's counts, and takes the greater of what is no count.
pub(super) fn add(all: &mut RunResult, other: &RunResult) {
    if all.target != other.target {
        all.target = None;
    }
    all.cut_short |= other.cut_short;
    all.ended_ms = greater(all.ended_ms, other.ended_ms);
    sessions(&mut all.sessions, &other.sessions);
    steps(&mut all.steps, &other.steps);
    attempts(all, other);
    all_requests(all, other);
    context(&mut all.context, &other.context);
    if let (Some(own), Some(other)) = (&mut all.processor, &other.processor) {
        processor(own, other);
    }
    all.time_spent_ms = all.time_spent_ms.plus(other.time_spent_ms);
    greatest(all, other);
    all.connections_dropped = sum_of_known(all.connections_dropped, other.connections_dropped);
}

fn all_requests(all: &mut RunResult, other: &RunResult) {
    if let (Some(own), Some(other)) = (&mut all.broker, &other.broker) {
        requests(own, other);
    }
    requests(&mut all.metadata, &other.metadata);
    requests(&mut all.resource_manager, &other.resource_manager);
}

fn greatest(all: &mut RunResult, other: &RunResult) {
    all.peak.requests_per_s = all.peak.requests_per_s.max(other.peak.requests_per_s);
    all.peak.concurrent = all.peak.concurrent.max(other.peak.concurrent);
    all.generator_late |= other.generator_late;
    waves(&mut all.waves, &other.waves);
}

/// Adds the failures of a source. The example of each kind is of the first source that has one.
pub(super) fn failures(all: &mut Vec<FailureResult>, source: &str, others: &[FailureResult]) {
    for mut other in others.iter().cloned() {
        if let Some(example) = &mut other.example {
            example.source = Some(source.to_owned());
        }
        let is_there =
            all.binary_search_by(|own| (&own.step, &own.kind).cmp(&(&other.step, &other.kind)));
        match is_there {
            Ok(found) => {
                all[found].count += other.count;
                all[found].example = all[found].example.take().or(other.example);
            }
            Err(place) => all.insert(place, other),
        }
    }
}

fn sessions(all: &mut Sessions, other: &Sessions) {
    all.total += other.total;
    all.succeeded += other.succeeded;
    all.failed += other.failed;
    all.wrong_context += other.wrong_context;
    all.first_done_ms = less(all.first_done_ms, other.first_done_ms);
    all.last_done_ms = greater(all.last_done_ms, other.last_done_ms);
    counts(&mut all.by_failure, &other.by_failure);
    for (name, group) in &mut all.by_group {
        if let Some(other) = other.by_group.get(name) {
            add_group(group, other);
        }
    }
}

fn add_group(all: &mut GroupResult, other: &GroupResult) {
    all.users = sum_of_known(all.users, other.users);
    all.planned = sum_of_known(all.planned, other.planned);
    all.total += other.total;
    all.succeeded += other.succeeded;
    all.failed += other.failed;
    counts(&mut all.by_failure, &other.by_failure);
    all.attempts += other.attempts;
    all.tokens += other.tokens;
    all.refused = all.refused.plus(other.refused);
    all.time_spent_ms = all.time_spent_ms.plus(other.time_spent_ms);
    all.makespan_ms = greater(all.makespan_ms, other.makespan_ms);
}

fn steps(all: &mut StepsResult, other: &StepsResult) {
    for (kind, other) in &other.0 {
        let Some(own) = all.0.get_mut(kind) else {
            all.0.insert(kind.clone(), other.clone());
            continue;
        };
        own.succeeded += other.succeeded;
        own.failed += other.failed;
        own.retries += other.retries;
        counts(&mut own.by_failure, &other.by_failure);
    }
}

fn attempts(all: &mut RunResult, other: &RunResult) {
    let (all, other) = (&mut all.attempts, &other.attempts);
    all.total += other.total;
    counts(&mut all.by_status, &other.by_status);
    all.refused = all.refused.plus(other.refused);
    for (index, other) in &other.by_retry_index {
        let own = all.by_retry_index.entry(*index).or_default();
        *own = RetryCount {
            sent: own.sent + other.sent,
            granted: own.granted + other.granted,
            refused: own.refused + other.refused,
            refused_by: Refusals::plus(own.refused_by, other.refused_by),
            other: own.other + other.other,
        };
    }
}

fn requests(all: &mut RequestsResult, other: &RequestsResult) {
    all.sent += other.sent;
    all.granted += other.granted;
    all.refused += other.refused;
    counts(&mut all.by_status, &other.by_status);
}

fn context(all: &mut ContextResult, other: &ContextResult) {
    all.import_degraded += other.import_degraded;
    all.import_failed += other.import_failed;
    all.file_damaged += other.file_damaged;
    all.lock.wanted += other.lock.wanted;
    all.lock.busy += other.lock.busy;
    all.lock.timed_out += other.lock.timed_out;
    all.lock.longest_queue = all.lock.longest_queue.max(other.lock.longest_queue);
}

fn processor(all: &mut ProcessorResult, other: &ProcessorResult) {
    all.work_ms = TimeSpent::sum(all.work_ms, other.work_ms);
    all.waited_ms = TimeSpent::sum(all.waited_ms, other.waited_ms);
    for (name, group) in &mut all.by_group {
        if let Some(other) = other.by_group.get(name) {
            group.work_ms = TimeSpent::sum(group.work_ms, other.work_ms);
            group.waited_ms = TimeSpent::sum(group.waited_ms, other.waited_ms);
        }
    }
}

fn waves(all: &mut Waves, other: &Waves) {
    all.count = all.count.max(other.count);
    all.most_retries = all.most_retries.max(other.most_retries);
    all.most_retries_in_bin = all.most_retries_in_bin.max(other.most_retries_in_bin);
    all.bin_ms = all.bin_ms.max(other.bin_ms);
}

fn counts(all: &mut BTreeMap<String, u64>, other: &BTreeMap<String, u64>) {
    for (key, count) in other {
        *all.entry(key.clone()).or_default() += count;
    }
}

/// None where neither is known.
fn sum_of_known<T: AddAssign + Copy>(one: Option<T>, other: Option<T>) -> Option<T> {
    let mut sum = one.or(other)?;
    if let (Some(_), Some(other)) = (one, other) {
        sum += other;
    }
    Some(sum)
}

fn greater(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    [one, other].into_iter().flatten().reduce(f64::max)
}

fn less(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    [one, other].into_iter().flatten().reduce(f64::min)
}

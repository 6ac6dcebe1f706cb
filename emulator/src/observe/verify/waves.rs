//! Did waves stay in step: did many clients that were refused together retry together?

use std::collections::BTreeSet;
use std::time::Duration;

use super::client::Client;
use super::finding::{Finding, Rule};
use crate::observe::journal::Entry;

/// So many clients are a wave. IMDS serves five at once, so a sixth is one too many.
const WAVE: usize = 6;

/// What counts as together where no service time is known (assumed).
const TOGETHER: Duration = Duration::from_millis(50);

/// A client's refused request, and its next attempt.
pub(super) type Retry<'a> = (&'a Entry, &'a Entry);

/// *Together* is within one service time, the median of those in the journal that took any.
pub(super) fn width(journal: &[&Entry]) -> Duration {
    median_service_time(journal).unwrap_or(TOGETHER)
}

/// Of the retries of all clients; `width` is how far apart those are that are together.
pub(super) fn in_step(width: Duration, mut retries: Vec<Retry<'_>>) -> Vec<Finding> {
    retries.sort_by_key(|(_, second)| second.seq);
    let waves = together(&retries, width, |retry| retry.1.at).into_iter();
    waves
        .filter_map(|wave| still_together(wave, width))
        .collect()
}

pub(super) fn was_turned_away(entry: &Entry) -> bool {
    let status = entry.outcome.status;
    status.is_some_and(|status| [404, 410, 429].contains(&status) || status >= 500)
}

fn median_service_time(journal: &[&Entry]) -> Option<Duration> {
    let mut times: Vec<Duration> = journal
        .iter()
        .filter_map(|entry| entry.outcome.service_time)
        .filter(|time| !time.is_zero())
        .collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// Cuts what is sorted by time into groups that are each no wider than that.
fn together<'a, 'e>(
    retries: &'a [Retry<'e>],
    width: Duration,
    at: fn(&Retry<'e>) -> Duration,
) -> Vec<&'a [Retry<'e>]> {
    let mut groups = Vec::new();
    let mut rest = retries;
    while let Some(first) = rest.first() {
        let end = rest.partition_point(|retry| at(retry) <= at(first) + width);
        let (group, later) = rest.split_at(end);
        groups.push(group);
        rest = later;
    }
    groups
}

/// The most of a wave's clients that had come together the time before, if they are a wave, too.
fn still_together(wave: &[Retry<'_>], width: Duration) -> Option<Finding> {
    let mut before = wave.to_vec();
    before.sort_by_key(|(first, _)| first.seq);
    let groups = together(&before, width, |retry| retry.0.at).into_iter();
    let largest = groups.max_by_key(|group| group.len())?;
    let clients: BTreeSet<_> = largest
        .iter()
        .map(|(_, second)| Client::of(second))
        .collect();
    (clients.len() >= WAVE).then(|| Finding {
        rule: Rule::WavesInStep,
        message: format!(
            "{} clients were turned away within {width:.1?} and came back within {width:.1?}",
            clients.len()
        ),
        requests: numbers(largest),
    })
}

fn numbers(retries: &[Retry<'_>]) -> Vec<u64> {
    let mut numbers: Vec<u64> = retries.iter().map(|(_, second)| second.seq).collect();
    numbers.sort_unstable();
    numbers
}

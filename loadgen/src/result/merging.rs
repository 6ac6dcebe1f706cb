//! The results of several runs, such as of several VMs, put together: counts are added, distributions pooled, and the
//! sources kept apart.

mod adding;
mod pooled;
mod refused;

use self::adding::add;
use self::pooled::Pooled;
use crate::result::judging::Judgement;
use crate::result::run::{NoSum, RunResult, Source, Waves, ratio};

/// A result, and the name of its source.
pub(crate) type Named = (String, RunResult);

/// The results as one, whatever their order.
///
/// # Errors
/// All that keeps them from being results of one scenario with a name each.
pub(crate) fn merge(mut results: Vec<Named>) -> Result<RunResult, Vec<String>> {
    results.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut wrong = refused::problems(&results);
    let pooled = Pooled::of(&results, &mut wrong);
    let Some(((_, first), others)) = results.split_first().filter(|_| wrong.is_empty()) else {
        return Err(wrong);
    };
    let mut all = first.clone();
    for (_, other) in others {
        add(&mut all, other);
    }
    recount(&mut all);
    leave_out(&mut all);
    pooled.fill(&mut all);
    keep_apart(&mut all, &results);
    Ok(all)
}

/// What each source has of its own.
fn keep_apart(all: &mut RunResult, results: &[Named]) {
    take_longest(all, results);
    for (name, result) in results {
        adding::failures(&mut all.failures, name, &result.failures);
        all.verdict = all.verdict.and(result.verdict);
        all.sources.push(source(name, result));
    }
    all.expectations = expectations(results);
    all.no_sums = NO_SUMS.iter().map(no_sum).collect();
}

/// Paths, and what stands there in the place of a sum.
const NO_SUMS: [(&[&str], &str); 9] = [
    (
        &[
            "peak",
            "waves.count",
            "waves.most_retries",
            "waves.most_retries_in_bin",
            "waves.bin_ms",
        ],
        "the greatest of any source",
    ),
    (
        &[
            "context.lock.longest_queue",
            "ended_ms",
            "sessions.last_done_ms",
        ],
        "the greatest of any source",
    ),
    (
        &["sessions.by_group.*.makespan_ms"],
        "the greatest of any source",
    ),
    (&["sessions.first_done_ms"], "the least of any source"),
    (
        &["makespan_ms", "lower_bound_ms", "lower_bounds_ms"],
        "those of the source with the longest makespan",
    ),
    (
        &["seed", "limits", "context.in_force", "processor.cores"],
        "those of each source, the seed of the first",
    ),
    (
        &["target"],
        "that of all sources, or null: they have different ones",
    ),
    (
        &[
            "timeline",
            "waves.largest",
            "waves.bins",
            "traces",
            "commands",
            "processor.busy_ratio",
        ],
        "left out: each source has its own",
    ),
    (
        &["expectations"],
        "each as the first source has it that does not meet it, or else measured it, or else the first",
    ),
];

fn no_sum((paths, instead): &(&[&str], &str)) -> NoSum {
    NoSum {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        instead: (*instead).to_owned(),
    }
}

/// What stands beside each other in one run: the makespan, and the bounds on it.
fn take_longest(all: &mut RunResult, results: &[Named]) {
    let makespan = |result: &RunResult| result.makespan_ms.unwrap_or(-1.0);
    let longest = results.iter().map(|(_, result)| result);
    let longest = longest.reduce(|one, other| {
        if makespan(other) > makespan(one) {
            other
        } else {
            one
        }
    });
    if let Some(longest) = longest {
        all.makespan_ms = longest.makespan_ms;
        all.lower_bound_ms = longest.lower_bound_ms;
        all.lower_bounds_ms = longest.lower_bounds_ms.clone();
    }
}

/// The ratios of what was added.
fn recount(all: &mut RunResult) {
    let sessions = &mut all.sessions;
    sessions.success_ratio = ratio(sessions.succeeded, sessions.total).unwrap_or_default();
    let tokens = sessions.by_group.values().map(|group| group.tokens).sum();
    for group in sessions.by_group.values_mut() {
        group.success_ratio = ratio(group.succeeded, group.total).unwrap_or_default();
    }
    all.attempts.per_token = ratio(all.attempts.total, tokens);
}

/// What is of one run alone.
fn leave_out(all: &mut RunResult) {
    all.replay = None;
    all.failures.clear();
    all.timeline.clear();
    all.traces.clear();
    all.commands = None;
    all.waves = Waves {
        largest: vec![],
        bins: vec![],
        ..all.waves.clone()
    };
    if let Some(processor) = &mut all.processor {
        processor.busy_ratio = None;
    }
}

/// All sources have the same.
fn expectations(results: &[Named]) -> Vec<Judgement> {
    let first = results.first().map(|(_, first)| &first.expectations);
    let places = 0..first.map_or(0, Vec::len);
    places.filter_map(|place| worst(results, place)).collect()
}

/// That of the first source that does not meet it, or else of the first that measured it, or else of the first.
fn worst(results: &[Named], place: usize) -> Option<Judgement> {
    let judged = || {
        results
            .iter()
            .map(|(name, it)| (name, &it.expectations[place]))
    };
    let unmet = judged().find(|(_, judgement)| !judgement.met);
    let measured = || judged().find(|(_, judgement)| judgement.measured);
    let worst = unmet.or_else(measured).or_else(|| judged().next());
    let (name, judgement) = worst?;
    Some(Judgement {
        source: Some(name.clone()),
        ..judgement.clone()
    })
}

fn source(name: &str, result: &RunResult) -> Source {
    let unmet = result
        .expectations
        .iter()
        .filter(|judgement| !judgement.met);
    let sessions = &result.sessions;
    Source {
        name: name.to_owned(),
        verdict: result.verdict,
        not_met: unmet
            .map(|it| format!("{} {}: {}", it.path, it.expected, it.found()))
            .collect(),
        seed: result.seed,
        target: result.target.clone(),
        replay: result.replay.clone(),
        sessions: sessions.total,
        succeeded: sessions.succeeded,
        success_ratio: sessions.success_ratio,
        attempts: result.attempts.total,
        refused: result.attempts.refused,
        time_to_token_ms: result.time_to_token_ms,
        time_to_token_curve: result.time_to_token_curve.clone(),
        makespan_ms: result.makespan_ms,
        peak: result.peak,
        generator_late: result.generator_late,
        connections_dropped: result.connections_dropped,
        cut_short: result.cut_short,
    }
}

#[cfg(test)]
mod tests;

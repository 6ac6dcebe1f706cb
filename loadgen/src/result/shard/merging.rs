//! All shards of many runs, put together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::result::identity::VERSION;
use crate::result::shard::part::Part;
use crate::result::shard::{FirstFailure, MOST_RUNS, Shard, Whole, first_of_each};
use crate::result::summary::failing::FailingRuns;
use crate::result::summary::{Runs, SummedRun};

/// The most problems of one kind that are named each.
const NAMED: usize = 10;

/// A shard and the name of its file.
pub(crate) type Named = (String, Shard);

/// What the shards came to.
#[derive(Debug)]
pub(crate) struct Merged {
    pub of: Whole,
    /// All runs in the order of their seeds.
    pub sum: Runs,
    /// The most frequent failures of each shard.
    pub failures: Vec<FirstFailure>,
}

impl Merged {
    /// Of shards in any order.
    ///
    /// # Errors
    /// All that keeps them from being each run once, with the file and the place in it.
    pub(crate) fn of(mut shards: Vec<Named>) -> Result<Self, Vec<String>> {
        let Some((_, Shard { of, .. })) = shards.first() else {
            return Err(vec!["expected a shard or more".to_owned()]);
        };
        let of = of.clone();
        let within = shards.iter().flat_map(|(name, shard)| {
            let wrong = wrong_within(shard).into_iter();
            wrong.map(move |wrong| format!("{name}: {wrong}"))
        });
        let mut wrong: Vec<String> = within.collect();
        let sound = wrong.is_empty();
        wrong.extend(others(&shards));
        // How many there are to be cannot be told from a shard that is none.
        if sound {
            wrong.extend(doubles_and_gaps(&of, &shards));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        shards.sort_by_key(|(_, shard)| shard.index);
        let mut sum = Runs::of(of.subject.clone());
        let mut failures = vec![];
        for (_, shard) in shards {
            sum.extend(shard.runs);
            failures.extend(shard.failures);
        }
        Ok(Self { of, sum, failures })
    }
}

/// What to change in the first run with the most frequent failure of all.
#[must_use]
pub(crate) fn to_change(failures: &[FirstFailure], failing: &FailingRuns) -> Option<String> {
    let is_it = |first: &&FirstFailure| {
        let cause = (&first.cause.group, &first.cause.kind);
        first.seed == failing.seed && cause == (&failing.group, &failing.kind)
    };
    failures.iter().find(is_it)?.to_change.clone()
}

/// What a shard says that cannot be, whatever the others say.
fn wrong_within(shard: &Shard) -> Vec<String> {
    let Shard { of, runs, .. } = shard;
    if of.version != VERSION {
        let (own, found) = (VERSION, &of.version);
        return vec![format!(
            "of.version: expected {own}, the version of this program, found {found}"
        )];
    }
    if of.runs > MOST_RUNS {
        let runs = of.runs;
        return vec![format!(
            "of.runs: expected {MOST_RUNS} runs at most, found {runs}"
        )];
    }
    let part = shard.part();
    if !(1..=of.shards).contains(&part.index) || of.shards > of.runs {
        let (Part { index, of }, runs) = (part, of.runs);
        return vec![format!(
            "expected a shard of at most as many as there are runs, found {index} of {of}, and {runs} runs"
        )];
    }
    let range = part.range(of.runs);
    let (expected, found) = (range.len(), runs.len());
    if found != expected {
        let told = part.told(of.subject.first_seed, of.runs);
        return vec![format!("runs: expected {expected} ({told}), found {found}")];
    }
    let numbered = range.zip(runs).enumerate();
    let wrong = numbered.filter_map(|(place, (number, run))| {
        let wrong = wrong_run(of, number, run)?;
        Some(format!("runs[{place}].{wrong}"))
    });
    let mut wrong = abridged(wrong.collect(), "runs");
    wrong.extend(wrong_failures(shard));
    wrong
}

/// What cannot be of the run of this number, counted from zero.
fn wrong_run(of: &Whole, number: u32, run: &SummedRun) -> Option<String> {
    let subject = &of.subject;
    let seed = subject.first_seed.wrapping_add(number.into());
    let is = |name: &str, found: u64, expected: u64| {
        let differs = found != expected;
        differs.then(|| format!("{name}: expected {expected}, found {found}"))
    };
    let count = |name: &str, found: usize, expected: usize| is(name, found as u64, expected as u64);
    is("seed", run.badness.seed, seed)
        .or_else(|| count("figures", run.figures.len(), subject.figures.len()))
        .or_else(|| count("judged", run.judged.len(), subject.expectations.len()))
}

fn wrong_failures(shard: &Shard) -> Option<String> {
    let failures = shard.failures.iter();
    let found = failures.map(|first| (&first.cause, first.seed));
    let is_right = found.eq(first_of_each(&shard.runs));
    (!is_right).then(|| {
        "failures: expected each `cause` of `runs` once, in order, with the seed of its first run".to_owned()
    })
}

/// Where shards are parts of something else than the first; each is held to the version of this program already.
fn others(shards: &[Named]) -> Vec<String> {
    let Some(((reference, first), others)) = shards.split_first() else {
        return vec![];
    };
    let expected = serde_json::to_value(&first.of).unwrap_or_default();
    let of_shard = |(name, shard): &Named| {
        let found = serde_json::to_value(&shard.of).unwrap_or_default();
        let mut places = vec![];
        differing("of", &expected, &found, &mut places);
        places.retain(|(place, ..)| place != "of.version");
        let told = places.into_iter().map(|(place, expected, found)| {
            format!("{name}: {place}: expected {expected}, as in {reference}, found {found}")
        });
        told.collect::<Vec<_>>()
    };
    others.iter().flat_map(of_shard).collect()
}

/// The places in which two values differ, with both.
fn differing(place: &str, one: &Value, other: &Value, found: &mut Vec<(String, Value, Value)>) {
    match (one, other) {
        (Value::Object(fields), Value::Object(others)) => {
            let keys: BTreeSet<&String> = fields.keys().chain(others.keys()).collect();
            for key in keys {
                let of = |fields: &serde_json::Map<String, Value>| {
                    fields.get(key).cloned().unwrap_or_default()
                };
                differing(&format!("{place}.{key}"), &of(fields), &of(others), found);
            }
        }
        _ if one == other => {}
        _ => found.push((place.to_owned(), one.clone(), other.clone())),
    }
}

/// Shards that are there twice or not at all, of those that are parts of as many.
fn doubles_and_gaps(of: &Whole, shards: &[Named]) -> Vec<String> {
    let mut files: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (name, shard) in shards {
        if (shard.of.shards, shard.of.runs) == (of.shards, of.runs) {
            files.entry(shard.index).or_default().push(name);
        }
    }
    let all = of.shards;
    let doubles = files.iter().filter(|(_, names)| names.len() > 1);
    let doubles = doubles.map(|(index, names)| {
        let names = names.join(", ");
        format!(
            "shard {index} of {all}: expected one file, found {}: {names}",
            files[index].len()
        )
    });
    let gaps = (1..=all).filter(|index| !files.contains_key(index));
    let gaps = gaps.map(|index| {
        let part = Part { index, of: all };
        format!(
            "shard {index} of {all} is missing: {}",
            part.told(of.subject.first_seed, of.runs)
        )
    });
    let mut wrong = abridged(doubles.collect(), "shards");
    wrong.extend(abridged(gaps.collect(), "shards"));
    wrong
}

/// The first of them, and how many more there are.
fn abridged(mut wrong: Vec<String>, of_what: &str) -> Vec<String> {
    let more = wrong.len().saturating_sub(NAMED);
    if more > 0 {
        wrong.truncate(NAMED);
        wrong.push(format!("and so are {more} more {of_what}"));
    }
    wrong
}

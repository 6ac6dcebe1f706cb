//! Why results are not put together.

use std::collections::BTreeMap;

use crate::result::identity::VERSION;
use crate::result::run::RunResult;

/// All that is wrong, each with the name of its source.
pub(super) fn problems(results: &[(String, RunResult)]) -> Vec<String> {
    let own = results.iter().flat_map(|(name, result)| {
        let wrong = within(result).into_iter();
        wrong.map(move |wrong| format!("{name}: {wrong}"))
    });
    let mut wrong: Vec<String> = own.collect();
    if results.len() < 2 {
        wrong.push("expected two results or more".to_owned());
    }
    wrong.extend(doubles(results));
    wrong.extend(others(results));
    wrong
}

/// What a result has to be, whatever the others are.
fn within(result: &RunResult) -> Option<String> {
    if !result.sources.is_empty() {
        let expected = "expected the result of one run, found a merged one: merge the results that it is of at once";
        return Some(expected.to_owned());
    }
    if result.fleet.is_some() {
        let expected = "fleet: expected the result of one VM, found that of a fleet, which is a sum of VMs that share one Resource Manager: `simulate --runs` sums several runs of it";
        return Some(expected.to_owned());
    }
    version(result).or_else(|| {
        let forgotten = result.forgotten()?;
        Some(format!(
            "commands.requests_forgotten: expected 0, found {forgotten}: its counts are not all known"
        ))
    })
}

fn version(result: &RunResult) -> Option<String> {
    let found = match &result.version {
        Some(version) if version == VERSION => return None,
        Some(version) => version,
        None => "none: an earlier version made it, or it is of `demo`",
    };
    Some(format!(
        "version: expected {VERSION}, the version of this program, found {found}"
    ))
}

fn doubles(results: &[(String, RunResult)]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in results {
        *counts.entry(name).or_default() += 1;
    }
    let doubles = counts.into_iter().filter(|(_, count)| *count > 1);
    doubles
        .map(|(name, count)| {
            format!(
                "expected a name for each source, found {count} called {name}: give each its --name"
            )
        })
        .collect()
}

/// Where results are of something else than the first.
fn others(results: &[(String, RunResult)]) -> Vec<String> {
    let Some(((reference, first), others)) = results.split_first() else {
        return vec![];
    };
    let expected = conditions(first);
    let of_result = |(name, result): &(String, RunResult)| {
        let sides = expected.iter().zip(conditions(result));
        let differing = sides.filter(|((_, one), (_, other))| one != other);
        let told = differing.map(|((what, expected), (_, found))| {
            format!("{name}: {what}: expected {expected}, as in {reference}, found {found}")
        });
        told.collect::<Vec<_>>()
    };
    others.iter().flat_map(of_result).collect()
}

/// What all have to have in common.
fn conditions(result: &RunResult) -> Vec<(&'static str, String)> {
    let commands = result.commands.as_ref();
    let groups: Vec<&str> = result
        .sessions
        .by_group
        .keys()
        .map(String::as_str)
        .collect();
    vec![
        ("scenario", result.scenario.clone()),
        (
            "scenario_sha256",
            result.scenario_sha256.clone().unwrap_or_default(),
        ),
        ("mode", result.mode.name().to_owned()),
        (
            "commands.command",
            commands.map(|it| it.command.join(" ")).unwrap_or_default(),
        ),
        ("sessions.by_group", groups.join(", ")),
        ("expectations", result.expectations.len().to_string()),
    ]
}

//! What many runs are of, and which figures a summary takes of each: the same for every part of the runs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::result::paths;
use crate::result::run::RunResult;
use crate::result::summary::reader::Reader;
use crate::scenario::definition::{Group, Scenario};

/// The figures of a result that a summary has in any case, by their paths.
const METRICS: [&str; 8] = [
    "sessions.success_ratio",
    "attempts.per_token",
    "attempts.total",
    "makespan_ms",
    "lower_bound_ms",
    "time_to_token_ms.p50",
    "time_to_token_ms.p99",
    "time_to_token_ms.max",
];

/// And those of a fleet.
const OF_FLEET: [&str; 3] = [
    "fleet.vms_with_loss",
    "fleet.lost.imds",
    "fleet.lost.resource_manager",
];

/// And those of each group, where there are several; those of tokens, if it asks for tokens.
const OF_GROUP: [&str; 3] = [
    "success_ratio",
    "time_to_token_ms.p50",
    "time_to_token_ms.p99",
];

/// What is summed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Subject {
    /// The scenario's name.
    pub scenario: String,
    /// The seed of the first of all runs; run i has this seed + i.
    pub first_seed: u64,
    /// How many sessions each group has; of one that ends by time, how many users.
    pub groups: BTreeMap<String, u64>,
    /// The policies of the groups' clients.
    pub clients: BTreeMap<String, String>,
    /// The paths of the figures that are taken of each run.
    pub figures: Vec<String>,
    /// The figures that `--figure` asked for.
    pub asked: Vec<String>,
    /// What the scenario expects of each run.
    pub expectations: Vec<Expected>,
}

/// An expectation of each run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Expected {
    /// The path in the result document.
    pub path: String,
    /// The expectation as the scenario writes it.
    pub expected: String,
}

impl Subject {
    /// Runs of this scenario: the figures of every summary, and those at the paths that are `asked` for.
    ///
    /// # Errors
    /// What was expected instead of each path that no result has.
    pub(crate) fn new(scenario: &Scenario, asked: &[String]) -> Result<Self, Vec<String>> {
        let nothing = RunResult::empty(scenario);
        let wrong = |path: &String| {
            let expected = paths::check(&nothing, path).err()?;
            Some(format!("--figure {path}: expected {expected}"))
        };
        let wrong: Vec<String> = asked.iter().filter_map(wrong).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut figures = usual(scenario);
        for path in asked {
            if !figures.contains(path) {
                figures.push(path.clone());
            }
        }
        let expectations = scenario.expectations.iter().map(|expectation| Expected {
            path: expectation.path().to_owned(),
            expected: expectation.to_string(),
        });
        Ok(Self {
            scenario: scenario.name.clone(),
            first_seed: scenario.seed,
            groups: (scenario.groups.iter())
                .map(|group| (group.name.clone(), group.size_by_plan().into()))
                .collect(),
            clients: (scenario.groups.iter())
                .map(|group| (group.name.clone(), group.policy.name.clone()))
                .collect(),
            figures,
            asked: asked.to_vec(),
            expectations: expectations.collect(),
        })
    }

    /// What reads the runs of this scenario.
    #[must_use]
    pub(crate) fn reader(&self, scenario: &Scenario) -> Reader {
        Reader::new(scenario, self.figures.iter().cloned())
    }
}

/// The paths of the figures that every summary of this scenario has.
pub(super) fn usual(scenario: &Scenario) -> Vec<String> {
    let groups = scenario.groups.iter();
    let groups = groups.filter(|_| scenario.groups.len() > 1);
    let of_group = |group: &Group| {
        let wanted = OF_GROUP.iter();
        let wanted = wanted.filter(|end| group.asks_for_tokens() || !is_of_tokens(end));
        let paths = wanted.map(|end| format!("sessions.by_group.{}.{end}", group.name));
        paths.collect::<Vec<_>>()
    };
    let of_run = METRICS.iter().map(|path| (*path).to_owned());
    let groups = groups.flat_map(of_group);
    let fleet = OF_FLEET.iter().filter(|_| scenario.is_fleet());
    let fleet = fleet.map(|path| (*path).to_owned());
    of_run
        .chain(fleet)
        .chain(groups)
        .chain(through(scenario))
        .collect()
}

/// The paths of the figures of what sessions go through.
fn through(scenario: &Scenario) -> Vec<String> {
    let gates = scenario
        .groups
        .iter()
        .filter(|group| group.gate().is_some());
    let waits = gates.flat_map(|group| {
        let name = &group.name;
        ["p50", "max"].map(|end| format!("sessions.by_group.{name}.through.waited_ms.{end}"))
    });
    let asks_broker = scenario.groups.iter().any(|group| group.broker().is_some());
    let broker = asks_broker.then(|| "broker.sent".to_owned());
    waits.chain(broker).collect()
}

pub(super) fn is_of_tokens(path: &str) -> bool {
    path.starts_with("attempts.")
        || path.contains("time_to_token")
        || ["makespan_ms", "lower_bound_ms"].contains(&path)
}

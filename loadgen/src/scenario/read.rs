//! Reads a scenario from TOML and tells every mistake with its line.

mod arrivals;
mod contexts;
mod groups;
mod kinds;
mod scripts;

use std::sync::Arc;

use imds_emulator::Config;
use imds_emulator::document::{self, FriendlyDuration, Problems, Section};
use serde_json::Value;

use super::files::Files;
use super::policies::Policies;
use super::story::{DEFAULT_MAX_DURATION, SCHEMA, Scenario};
use crate::result::expect::Expectation;
use crate::result::run::RunResult;

impl Scenario {
    /// Reads a scenario from the text of the file called `name`, and the recordings that it names from
    /// beside that file.
    ///
    /// # Errors
    /// All problems of the text at once, each with its line and what was expected there.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Problems> {
        document::read(name, text, |root| read(root, &Files::of(name)))
    }
}

fn read(root: &mut Section, files: &Files) -> Option<Scenario> {
    if root
        .required::<u32>("schema")
        .is_some_and(|schema| schema != SCHEMA)
    {
        root.refuse(
            "schema",
            format_args!("expected {SCHEMA}, the only schema so far"),
        );
    }
    let name = root.required("name");
    let seed = root.optional("seed").unwrap_or_default();
    let max_duration = root
        .optional::<FriendlyDuration>("max_duration")
        .map_or(DEFAULT_MAX_DURATION, |l| l.0);
    let imds = read_imds(root);
    let policies = Policies::read(root);
    let settings = Arc::new(contexts::read(root, &imds));
    let (groups, announced) = groups::read(root, files, &imds, &policies, &settings);
    let complete = groups.len() == announced;
    let mut scenario = Scenario {
        name: name?,
        seed,
        max_duration,
        imds,
        groups,
        expectations: vec![],
        traces: 0,
        policies,
        context: settings,
    };
    scenario.expectations = read_expectations(root, complete.then_some(&scenario));
    Some(scenario)
}

/// The VM. Where it listens, and its seed, are the run's affair.
fn read_imds(root: &mut Section) -> Config {
    let Some(mut section) = root.section("imds") else {
        return Config::default();
    };
    for key in ["listen", "admin_listen", "seed"] {
        if section.has(key) {
            section.refuse(key, "not in a scenario: the run sets it");
        }
    }
    Config::read(&mut section)
}

/// Each path is looked up in the result of a run in which nothing happened, so that a misspelt one
/// is found before the run and not after it. Without all its groups a scenario has no such result,
/// and is refused anyway.
fn read_expectations(root: &mut Section, scenario: Option<&Scenario>) -> Vec<Expectation> {
    let Some(mut section) = root.section("expect") else {
        return vec![];
    };
    let nothing = scenario.map(RunResult::empty);
    let mut expectations = vec![];
    for path in section.keys() {
        let Some(text) = section.required::<String>(&path) else {
            continue;
        };
        match read_expectation(&path, &text, nothing.as_ref()) {
            Ok(expectation) => expectations.push(expectation),
            Err(expected) => section.refuse(&path, format_args!("expected {expected}")),
        }
    }
    expectations
}

fn read_expectation(
    path: &str,
    text: &str,
    nothing: Option<&Value>,
) -> Result<Expectation, String> {
    let expectation = Expectation::parse(path, text)?;
    nothing.map_or(Ok(()), |nothing| expectation.check_path(nothing))?;
    Ok(expectation)
}

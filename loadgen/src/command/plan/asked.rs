//! A question as it was asked on the command line: its scenario, its groups, its rules.

use std::collections::BTreeMap;
use std::path::Path;

use imds_client::user_file;
use imds_emulator::document::FriendlyDuration;

use super::arguments::{MOST_RUNS, SearchArguments};
use super::assumption::{Assumption, Assumptions, Known, Narrowed};
use super::evidence;
use super::failure::PlanError;
use super::question::Question;
use super::requirement::Requirement;
use super::trial::Rules;
use crate::engine::pool::Cores;
use crate::result::plan::Sought;
use crate::result::scenario::{from_toml, with_settings};
use crate::scenario::arrival::Arrival;
use crate::scenario::definition::{Overrides, Scenario};
use crate::scenario::files;
use crate::scenario::overlay::Setting;

/// The scenario of a question without one.
const HERD: &str = "herd";

/// The share of runs in which figures of a run have to be as required, unless another is asked for.
const SHARE: f64 = 0.95;

impl SearchArguments {
    /// The scenario as the command line changes it.
    pub(super) fn load(&self) -> Result<Scenario, PlanError> {
        let path = self.scenario.as_deref().unwrap_or(Path::new(HERD));
        let mut scenario = loaded(path, &self.settings())?;
        let overrides = Overrides {
            seed: self.seed,
            client: self.client.clone(),
            count: self.count,
            ..Overrides::default()
        };
        scenario.apply(&overrides).map_err(PlanError::Expected)?;
        scenario.traces = 0;
        if self.scenario.is_none() {
            scenario.expectations.clear();
        }
        Ok(scenario)
    }

    /// What is required, by how sure a decision has to be.
    pub(super) fn rules(&self, scenario: &Scenario) -> Result<Rules, PlanError> {
        let requirements = self.requirements(scenario)?;
        let of_runs = requirements
            .iter()
            .any(|one| matches!(one, Requirement::OfRun { .. }));
        if self.share.is_some() && !of_runs {
            return Err(PlanError::Expected(
                "no --share: what is required is a share itself, of all sessions of all runs"
                    .to_owned(),
            ));
        }
        let rules = Rules {
            requirements,
            share: self.share.unwrap_or(SHARE),
            confidence: self.confidence,
            most_runs: self.runs,
            cores: Cores::All,
        };
        self.check_runs(&rules)?;
        Ok(rules)
    }

    /// What is known of the assumptions, and whether others are varied.
    pub(super) fn known(&self) -> Result<BTreeMap<Assumption, Known>, PlanError> {
        if let Some(path) = &self.profile {
            let text = user_file::read(path, user_file::LONGEST).map_err(|source| {
                PlanError::Unreadable {
                    path: path.clone(),
                    source,
                }
            })?;
            return Ok(Known::profile(&path.display().to_string(), &text)?);
        }
        named(&self.vary)
    }

    /// The question: what is sought of which groups.
    pub(super) fn question(
        &self,
        scenario: &Scenario,
        sought: Sought,
        step: FriendlyDuration,
    ) -> Result<Question, PlanError> {
        let awaited = scenario
            .groups
            .iter()
            .enumerate()
            .filter(|(_, group)| !group.background);
        let meant = |name: &str| self.group.as_deref().is_none_or(|wanted| wanted == name);
        let names: Vec<&str> = awaited
            .clone()
            .map(|(_, group)| group.name.as_str())
            .collect();
        let groups: Vec<usize> = awaited
            .filter(|(_, group)| meant(&group.name))
            .map(|(number, _)| number)
            .collect();
        if groups.is_empty() {
            let wanted = self.group.as_deref().unwrap_or_default();
            return Err(PlanError::Expected(format!(
                "--group, one of {}; not \"{wanted}\"",
                names.join(", ")
            )));
        }
        let other = groups.len() < names.len();
        if sought == Sought::Sessions && self.count.is_some() && groups.len() == 1 && !other {
            return Err(PlanError::Expected(
                "no --count: the number of sessions of the only group is what is sought".to_owned(),
            ));
        }
        for number in &groups {
            check_arrival(scenario, *number, sought)?;
        }
        Ok(Question {
            sought,
            step: step.0,
            groups,
        })
    }

    /// `--set`, and `--service` as settings.
    fn settings(&self) -> Vec<Setting> {
        let service = self.service.iter().flat_map(|time| {
            ["token_cold", "token_warm"].map(|key| format!("latency.{key}=\"{time}\""))
        });
        let service = service.map(|text| text.parse().expect("a key and its value"));
        service.chain(self.set.iter().cloned()).collect()
    }

    fn requirements(&self, scenario: &Scenario) -> Result<Vec<Requirement>, PlanError> {
        let expected = scenario.expectations.iter().cloned().map(Requirement::from);
        let required = if self.require.is_empty() {
            expected.collect()
        } else {
            self.require.clone()
        };
        let problems = required.iter().filter_map(|one: &Requirement| {
            let expected = one.problem(scenario)?;
            Some(format!("{expected} (--require \"{}\")", one.described()))
        });
        let problems: Vec<String> = problems.collect();
        if !problems.is_empty() {
            return Err(PlanError::Expected(problems.join("\nexpected ")));
        }
        if required.is_empty() {
            let expected = "--require, such as --require 'within(60s) >= 0.999': nothing else says what is required";
            return Err(PlanError::Expected(expected.to_owned()));
        }
        Ok(required)
    }

    /// That so many runs can decide it at all.
    fn check_runs(&self, rules: &Rules) -> Result<(), PlanError> {
        let targets = rules.requirements.iter().map(|one| one.target(rules.share));
        let most = targets.fold(0.0, f64::max);
        let fewest = evidence::fewest_runs(most, self.confidence);
        match fewest {
            Some(fewest) if fewest <= self.runs => Ok(()),
            Some(fewest) if fewest > MOST_RUNS => Err(PlanError::Expected(format!(
                "a share that {MOST_RUNS} runs can show with a confidence of {}, not {most}",
                self.confidence
            ))),
            Some(fewest) => Err(PlanError::Expected(format!(
                "--runs {fewest} or more: it takes so many to show a share of {most} with a confidence of {}, even if all is as required in each; not {}",
                self.confidence, self.runs
            ))),
            None => Err(PlanError::Expected(format!(
                "a share that runs can show, not {most}"
            ))),
        }
    }
}

/// The scenario in this file, or of this name, with these settings of its VM.
pub(in crate::command) fn loaded(path: &Path, settings: &[Setting]) -> Result<Scenario, PlanError> {
    let (name, text) = (path.display().to_string(), files::text(path)?);
    let scenario = from_toml(&name, &text)?;
    let one_vm = scenario.check_one_vm("what is sought is of one VM");
    one_vm.map_err(PlanError::Expected)?;
    if settings.is_empty() {
        return Ok(scenario);
    }
    with_settings(&name, &text, settings).map_err(PlanError::Expected)
}

/// What each `--vary` names, once.
pub(in crate::command) fn named(
    vary: &[Narrowed],
) -> Result<BTreeMap<Assumption, Known>, PlanError> {
    let mut known: BTreeMap<Assumption, Known> = BTreeMap::new();
    for narrowed in vary {
        let twice = known
            .insert(narrowed.assumption, Known::from(narrowed))
            .is_some();
        if twice {
            let name = narrowed.assumption.name();
            let expected = format!("one --vary {name}, with all its values: {name}=A,B");
            return Err(PlanError::Expected(expected));
        }
    }
    Ok(known)
}

/// That each assumption that is named has another value to be played.
pub(in crate::command) fn check_varied(
    vary: &[Narrowed],
    assumptions: &Assumptions,
) -> Result<(), PlanError> {
    let none = vary.iter().find(|named| {
        let mut played = assumptions.alternatives.iter();
        !played.any(|one| one.assumption == named.assumption)
    });
    none.map_or(Ok(()), |named| {
        let name = named.assumption.name();
        let expected = format!("a value of {name} that differs from the scenario's, where the scenario has such a limit (--vary {})", named.text());
        Err(PlanError::Expected(expected))
    })
}

fn check_arrival(scenario: &Scenario, number: usize, sought: Sought) -> Result<(), PlanError> {
    let group = &scenario.groups[number];
    let fixed = group.arrival.sessions().is_some();
    let expected = match sought {
        Sought::SpreadMs if !matches!(group.arrival, Arrival::Herd(_)) => {
            "a group whose arrival is a herd"
        }
        Sought::Sessions | Sought::IntervalMs | Sought::StartsPerSecond if fixed => {
            "a group whose count can be changed, with an arrival herd, every, poisson, or rate without a duration"
        }
        _ => return Ok(()),
    };
    Err(PlanError::Expected(format!(
        "{expected}, not {} (group \"{}\"; --group chooses another)",
        group.arrival.kind(),
        group.name
    )))
}

//! Reads a scenario from TOML and reports every mistake with its line.

mod arrivals;
mod checked;
mod contexts;
mod groups;
mod kinds;
mod planned;
mod processor;
mod scripts;
mod through;
mod vms;

use std::sync::Arc;

use imds_emulator::Config;
use imds_emulator::config::Inherited;
use imds_emulator::document::{self, FriendlyDuration, Problems, Section};

use self::checked::checked;
use self::groups::Beside;
use self::planned::Planned;
use super::definition::{SCHEMA, Scenario};
use super::files::Files;
use super::policies::Policies;
use crate::scenario::expectation::Expectation;

impl Scenario {
    /// Reads a scenario from the text of the file called `name`, and the recordings that it names from
    /// beside that file. `paths` makes the check of the expectations' paths, which depend on the groups: it
    /// says what was expected instead of a path that results of the scenario do not have.
    ///
    /// # Errors
    /// All problems of the text at once, each with its line and what was expected there.
    pub(crate) fn from_toml<P>(
        name: &str,
        text: &str,
        paths: impl FnOnce(&Self) -> P,
    ) -> Result<Self, Problems>
    where
        P: Fn(&str) -> Result<(), String>,
    {
        document::read(name, text, |root| read(root, &Files::of(name), paths))
    }
}

fn read<P>(
    root: &mut Section,
    files: &Files,
    paths: impl FnOnce(&Scenario) -> P,
) -> Option<Scenario>
where
    P: Fn(&str) -> Result<(), String>,
{
    if root
        .required::<u32>("schema")
        .is_some_and(|schema| schema != SCHEMA)
    {
        root.refuse(
            "schema",
            format_args!("expected {SCHEMA}, the only schema so far"),
        );
    }
    let name = checked(root, "name", groups::check_name);
    let seed = root.optional("seed").unwrap_or_default();
    let max_duration = root.optional::<FriendlyDuration>("max_duration");
    let max_duration = max_duration.map(|length| length.0);
    let (imds, mut planned, inherited) = read_imds(root);
    let vms = vms::read(root, &inherited, &mut planned);
    let policies = Policies::read(root);
    let settings = Arc::new(contexts::read(root, &imds));
    let mut processor = processor::Shared::read(root);
    let beside = Beside {
        files,
        end: max_duration,
        imds: &imds,
        vms: vms.as_ref(),
        policies: &policies,
        settings: &settings,
    };
    let (groups, announced) = groups::read(root, &beside, processor.as_mut());
    let complete = groups.len() == announced && vms.as_ref().is_none_or(|vms| vms.complete);
    if let Some(vms) = vms.as_ref().filter(|_| complete) {
        vms::check_used(root, vms, &groups);
    }
    let cores = processor.and_then(|processor| processor.finish(complete));
    let mut scenario = Scenario {
        name: name?,
        seed,
        max_duration,
        imds,
        vms: vms.map(|vms| vms.read).unwrap_or_default(),
        groups,
        expectations: vec![],
        traces: 0,
        policies,
        context: settings,
        cores,
    };
    if complete {
        planned.check(root, &scenario);
    }
    scenario.expectations = read_expectations(root, complete.then_some(|| paths(&scenario)));
    Some(scenario)
}

/// The VM, and what of it is checked when the groups are known. Where it listens, and its seed, are the run's affair.
fn read_imds<'t>(root: &mut Section<'t>) -> (Config, Planned, Inherited<'t>) {
    let Some(mut section) = root.section("imds") else {
        return (Config::default(), Planned::default(), Inherited::nothing());
    };
    let mut planned = Planned::default();
    planned.add(&section, None);
    for key in ["vms", "fleet"] {
        if section.has(key) {
            section.refuse(
                key,
                "not in a scenario: its VMs are those of [[vms]] beside [imds]",
            );
        }
    }
    let inherited = Inherited::of(&section);
    (Config::read(&mut section), planned, inherited)
}

/// Without all its groups a scenario has no result whose paths could be looked up, and is refused anyway.
fn read_expectations<P>(root: &mut Section, is_path: Option<impl FnOnce() -> P>) -> Vec<Expectation>
where
    P: Fn(&str) -> Result<(), String>,
{
    let Some(mut section) = root.section("expect") else {
        return vec![];
    };
    let is_path = is_path.map(|make| make());
    let mut expectations = vec![];
    for path in section.keys() {
        let Some(text) = section.required::<String>(&path) else {
            continue;
        };
        let expectation = Expectation::parse(&path, &text).and_then(|expectation| {
            is_path.as_ref().map_or(Ok(()), |is_path| is_path(&path))?;
            Ok(expectation)
        });
        match expectation {
            Ok(expectation) => expectations.push(expectation),
            Err(expected) => section.refuse(&path, format_args!("expected {expected}")),
        }
    }
    expectations
}

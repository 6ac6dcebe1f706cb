//! The `[[sessions]]` of a scenario.

use std::collections::BTreeSet;
use std::sync::Arc;

use imds_client::wire::Identity;
use imds_emulator::Config;
use imds_emulator::document::Section;

use super::Group;
use super::policies::Policies;
use crate::arrival::Arrival;
use crate::script::{Step, StepText};

/// The most sessions that one group may have.
const MOST: u32 = 1_000_000;

/// The groups that could be read, and how many there are in the file.
pub(super) fn read(root: &mut Section, imds: &Config, policies: &Policies) -> (Vec<Group>, usize) {
    let sections = root.sections("sessions");
    if sections.is_empty() {
        root.refuse("sessions", "expected at least one [[sessions]] group");
    }
    let announced = sections.len();
    let mut names = BTreeSet::new();
    let groups = sections.into_iter().filter_map(|mut section| {
        let group = read_group(&mut section, imds, policies)?;
        if !names.insert(group.name.clone()) {
            section.refuse("name", "expected a name that no other group has");
        }
        Some(group)
    });
    (groups.collect(), announced)
}

/// Reads every key before it gives up, so that every problem of a group is found.
fn read_group(section: &mut Section, imds: &Config, policies: &Policies) -> Option<Group> {
    let name = section.required::<String>("name");
    let count = checked(section, "count", check_count);
    let arrival = checked(section, "arrival", |arrival: Arrival| {
        arrival
            .problem()
            .map_or(Ok(arrival), |expected| Err(expected.to_owned()))
    });
    let policy = checked(section, "client", |client: String| policies.find(&client));
    let script = checked(section, "script", |steps| resolve(steps, imds));
    Some(Group {
        name: name?,
        count: count?,
        arrival: arrival?,
        policy: policy?,
        script: script?,
    })
}

/// Reads a key and checks it; what the check expected instead is a problem at the key's place.
fn checked<T, U>(
    section: &mut Section,
    key: &str,
    check: impl FnOnce(T) -> Result<U, String>,
) -> Option<U>
where
    T: serde::de::DeserializeOwned,
{
    let value = section.required(key)?;
    let checked = check(value);
    checked
        .map_err(|expected| section.refuse(key, format_args!("expected {expected}")))
        .ok()
}

pub(super) fn check_count(count: u32) -> Result<u32, String> {
    let fits = (1..=MOST).contains(&count);
    fits.then_some(count)
        .ok_or_else(|| format!("1 to {MOST} sessions"))
}

fn resolve(steps: Vec<StepText>, imds: &Config) -> Result<Arc<[Step]>, String> {
    let steps = steps
        .into_iter()
        .map(|step| step.resolve(|name| identity(name, imds)));
    let steps = steps.collect::<Result<Arc<[Step]>, String>>()?;
    let connects = steps.iter().any(|step| matches!(step, Step::Connect(_)));
    connects
        .then_some(steps)
        .ok_or_else(|| "at least one connect step".to_owned())
}

fn identity(name: &str, imds: &Config) -> Result<Identity, String> {
    let found = imds.identities.named(name);
    found
        .map(|identity| Identity::ClientId(identity.client_id.clone()))
        .ok_or_else(|| {
            let names: Vec<&str> = imds
                .identities
                .iter()
                .map(|known| known.name.as_str())
                .collect();
            format!("an identity of [imds], one of {}", names.join(", "))
        })
}

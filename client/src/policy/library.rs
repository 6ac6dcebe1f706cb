//! Libraries and products that were measured release by release.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use toml::{Table, Value};

use super::retry_policy::Policy;
use super::version::Version;

/// A library or a product whose releases retry differently, and are known by their numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Library {
    /// Its name before the version: `az-accounts` in `az-accounts-2.12.1`.
    pub name: String,
    /// What it is.
    pub title: String,
    /// The preset that is its newest measured generation: `azure-powershell`. `None`: that generation has the
    /// library's own name, unless a preset of that name models a newer release that was not measured.
    pub newest: Option<String>,
    /// Its releases that retry alike, the oldest first; never empty.
    pub generations: Vec<Generation>,
}

impl Library {
    /// The measured releases, the oldest first, each with its generation.
    #[must_use]
    pub fn measured(&self) -> impl DoubleEndedIterator<Item = (Version, &Generation)> {
        let generations = self.generations.iter();
        generations.flat_map(|one| one.measured.iter().map(move |version| (*version, one)))
    }

    /// Its oldest measured release, with its generation.
    pub(super) fn first(&self) -> (Version, &Generation) {
        let first = self.measured().next();
        first.expect("a generation was measured in a release at least")
    }

    /// Its newest measured release, with its generation.
    pub(super) fn last(&self) -> (Version, &Generation) {
        let last = self.measured().next_back();
        last.expect("a generation was measured in a release at least")
    }
}

/// Releases of a library that retry alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// The releases that were measured, the oldest first; never empty.
    pub measured: Vec<Version>,
    /// How they retry, under the name of the first of them: `az-accounts-2.8.0`.
    pub policy: Arc<Policy>,
}

/// Every library whose releases are known by number, by its name; from `libraries.toml` beside this file.
#[must_use]
pub fn libraries() -> &'static BTreeMap<String, Library> {
    static LIBRARIES: LazyLock<BTreeMap<String, Library>> = LazyLock::new(read);
    &LIBRARIES
}

fn read() -> BTreeMap<String, Library> {
    let written: BTreeMap<String, WrittenLibrary> =
        toml::from_str(include_str!("libraries.toml")).expect(SOUND);
    let tables = tables(&written);
    let libraries = written.into_iter();
    libraries
        .map(|(name, library)| (name.clone(), library.read(name, &tables)))
        .collect()
}

impl WrittenLibrary {
    fn read(self, name: String, tables: &BTreeMap<String, Table>) -> Library {
        let generations = self.generations.into_iter();
        let generations = generations.map(|one| one.read(&name, tables)).collect();
        Library {
            name,
            title: self.title,
            newest: self.newest,
            generations,
        }
    }
}

/// The table of each preset and of each generation by the name of its policy.
fn tables(written: &BTreeMap<String, WrittenLibrary>) -> BTreeMap<String, Table> {
    let presets: BTreeMap<String, Table> =
        toml::from_str(include_str!("presets.toml")).expect(SOUND);
    let generations = written.iter().flat_map(|(library, written)| {
        let name = move |one: &WrittenGeneration| (one.name(library), one.policy.clone());
        written.generations.iter().map(name)
    });
    generations.chain(presets).collect()
}

/// A library as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLibrary {
    title: String,
    newest: Option<String>,
    generations: Vec<WrittenGeneration>,
}

/// A generation as it stands in the file.
#[derive(Deserialize)]
struct WrittenGeneration {
    measured: Vec<Version>,
    /// The generation, of whatever library, or the preset whose retries it has; its other keys are its own.
    behaves_as: Option<String>,
    /// Layers around those of `behaves_as`, where one library retries around another's retries.
    #[serde(default)]
    outer: Vec<Value>,
    #[serde(flatten)]
    policy: Table,
}

impl WrittenGeneration {
    fn name(&self, library: &str) -> String {
        let first = self.measured.first();
        format!("{library}-{}", first.expect("a measured release"))
    }

    fn read(self, library: &str, tables: &BTreeMap<String, Table>) -> Generation {
        let name = self.name(library);
        let mut policy = self.policy;
        if let Some(other) = self.behaves_as {
            for key in ["attempt_timeout", "layers"] {
                if let Some(value) = tables[&other].get(key) {
                    policy.entry(key).or_insert_with(|| value.clone());
                }
            }
        }
        let none = || Value::Array(Vec::new());
        let layers = policy.entry("layers").or_insert_with(none);
        layers.as_array_mut().expect(SOUND).extend(self.outer);
        let policy: Policy = Value::Table(policy).try_into().expect(SOUND);
        Generation {
            measured: self.measured,
            policy: Arc::new(policy.named(name)),
        }
    }
}

const SOUND: &str = "the libraries are part of the crate and every test reads them";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Evidence;

    #[test]
    fn every_generation_is_sound_and_names_what_was_measured() {
        let generations = libraries()
            .values()
            .flat_map(|library| &library.generations);
        for Generation { policy, .. } in generations {
            assert_eq!(policy.problems(), Vec::<String>::new(), "{}", policy.name);
            assert_eq!(policy.evidence, Evidence::Measured, "{}", policy.name);
            assert!(!policy.summary.is_empty(), "{}", policy.name);
            let record = ["(2026-11-30)", "(date and command not recorded)"];
            let dated = record.iter().any(|record| policy.source.contains(record));
            assert!(dated, "{}", policy.name);
        }
    }

    #[test]
    fn every_generation_can_be_written_as_toml_and_read_again() {
        let generations = libraries()
            .values()
            .flat_map(|library| &library.generations);
        for Generation { policy, .. } in generations {
            let text = toml::to_string(&**policy).expect("TOML");
            let again: Policy = toml::from_str(&text).expect("a policy");
            assert_eq!(again.named(&*policy.name), **policy);
        }
    }

    #[test]
    fn the_releases_of_a_library_are_in_order_and_each_is_in_one_generation() {
        for (name, library) in libraries() {
            let releases: Vec<Version> = library.measured().map(|(version, _)| version).collect();
            assert!(releases.is_sorted_by(|a, b| a < b), "{name}: {releases:?}");
        }
    }
}

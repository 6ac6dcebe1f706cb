//! All policies that come with the crate, by the product that they model.

use serde::{Deserialize, Serialize};

use super::alias::{Alias, aliases};
use super::library::{Library, libraries};
use super::presets::presets;
use super::retry_policy::{Evidence, Policy};

/// A product, or a purpose, and the policies that model it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Product {
    /// What it is.
    pub title: String,
    /// What its releases are named by, before their number: `az-accounts`; none: its releases are not known apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// Its policies, the oldest generation first.
    pub policies: Vec<Listed>,
}

/// A policy of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// A name without a version that leads to it as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
    /// The releases of the library that were measured and retry so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub measured: Vec<String>,
    /// How its numbers are known.
    pub evidence: Evidence,
    /// What it does.
    pub summary: String,
    /// Where its numbers are from; may be empty for a policy of the user's.
    pub source: String,
    /// Other clients that behave so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Client>,
}

/// A client that behaves as a policy of another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Client {
    /// Its name as a policy.
    pub name: String,
    /// What it is.
    pub title: String,
}

impl Client {
    fn of((name, alias): (&String, &Alias)) -> Self {
        Self {
            name: name.clone(),
            title: alias.title.clone(),
        }
    }
}

impl Product {
    /// Every product with a policy in this crate: those whose releases are known by their numbers, and then the
    /// others.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let libraries = libraries().values().map(Self::of_library);
        libraries.chain(others()).collect()
    }

    /// Policies under a title.
    pub fn of<'a>(title: String, policies: impl IntoIterator<Item = &'a Policy>) -> Self {
        Self {
            title,
            library: None,
            policies: policies.into_iter().map(Listed::of).collect(),
        }
    }

    fn of_library(library: &Library) -> Self {
        let generations = library.generations.iter().map(|generation| Listed {
            measured: generation
                .measured
                .iter()
                .map(ToString::to_string)
                .collect(),
            ..Listed::of(&generation.policy)
        });
        let mut policies: Vec<Listed> = generations.collect();
        if let Some(newest) = policies.last_mut() {
            newest.also = library.unversioned().map(str::to_owned);
        }
        Self {
            title: library.title.clone(),
            library: Some(library.name.clone()),
            policies,
        }
    }
}

impl Library {
    /// The name without a version that leads to its newest generation; `None` if a preset of another model has it.
    fn unversioned(&self) -> Option<&str> {
        let own = (!presets().contains_key(&self.name)).then_some(&*self.name);
        self.newest.as_deref().or(own)
    }
}

impl Listed {
    fn of(policy: &Policy) -> Self {
        let clients = aliases().iter();
        let clients = clients.filter(|(_, alias)| *alias.policy == *policy);
        Self {
            name: policy.name.clone(),
            also: None,
            measured: Vec::new(),
            evidence: policy.evidence,
            summary: policy.summary.clone(),
            source: policy.source.clone(),
            clients: clients.map(Client::of).collect(),
        }
    }
}

/// The products whose releases are not known apart.
fn others() -> impl Iterator<Item = Product> {
    let known: Written = toml::from_str(include_str!("groups.toml")).expect(SOUND);
    known.groups.into_iter().map(|group| {
        let policies = group.presets.iter();
        let policies = policies.map(|name| &**presets().get(name).expect(SOUND));
        Product::of(group.title, policies)
    })
}

/// The groups as they stand in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    groups: Vec<WrittenGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    title: String,
    presets: Vec<String>,
}

const SOUND: &str = "the groups are part of the crate and every test reads them";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_every_generation_and_every_alias_is_listed_once() {
        let products = Product::all();
        let policies = || products.iter().flat_map(|product| &product.policies);
        let clients =
            policies().flat_map(|policy| policy.clients.iter().map(|client| &client.name));
        let also = policies().filter_map(|policy| policy.also.as_ref());
        let named = policies().map(|policy| &policy.name).chain(also);
        let mut listed: Vec<&String> = named.chain(clients).collect();
        listed.sort();
        let generations = libraries()
            .values()
            .flat_map(|library| &library.generations);
        let generations = generations.map(|generation| &generation.policy.name);
        let bare = libraries()
            .values()
            .filter(|library| library.newest.is_none());
        let bare = bare.map(|library| &library.name);
        let bare = bare.filter(|name| !presets().contains_key(*name));
        let known = presets().keys().chain(aliases().keys());
        let mut all: Vec<&String> = known.chain(generations).chain(bare).collect();
        all.sort();
        assert_eq!(listed, all);
    }
}

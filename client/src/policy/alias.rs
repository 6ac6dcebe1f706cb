//! Clients that behave as a preset does, by their names.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::presets::presets;
use super::retry_policy::Policy;

/// A client that is modelled by a preset of another name.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// What it is.
    pub title: String,
    /// The preset.
    pub policy: Arc<Policy>,
}

impl Alias {
    /// The client whose name a policy was resolved by; `None` if it is the preset itself, or another policy of that
    /// name.
    #[must_use]
    pub fn of(policy: &Policy) -> Option<&'static Self> {
        let alias = aliases().get(&policy.name)?;
        (alias.named(&policy.name) == *policy).then_some(alias)
    }

    /// The preset under the client's name.
    pub(super) fn named(&self, name: &str) -> Policy {
        Policy::clone(&self.policy).named(name)
    }
}

/// Every other name of a preset; from `aliases.toml` beside this file.
#[must_use]
pub fn aliases() -> &'static BTreeMap<String, Alias> {
    static ALIASES: LazyLock<BTreeMap<String, Alias>> = LazyLock::new(read);
    &ALIASES
}

fn read() -> BTreeMap<String, Alias> {
    let written: BTreeMap<String, Written> =
        toml::from_str(include_str!("aliases.toml")).expect(SOUND);
    let clients = written.into_iter().flat_map(|(preset, written)| {
        let policy = presets().get(&preset).expect(SOUND);
        let alias = |title| Alias {
            title,
            policy: Arc::clone(policy),
        };
        let clients = written.clients.into_iter();
        clients.map(move |(name, title)| (name, alias(title)))
    });
    clients.collect()
}

/// The other names of a preset as they stand in the file, each with what it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    clients: BTreeMap<String, String>,
}

const SOUND: &str = "the aliases are part of the crate and every test reads them";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::libraries;

    #[test]
    fn a_client_keeps_its_name_and_says_which_preset_it_behaves_as() {
        let policy = crate::policy::resolve("facter").expect("a client").policy;
        assert_eq!(policy.name, "facter");
        let alias = Alias::of(&policy).expect("an alias");
        assert_eq!(alias.policy.name, "one-attempt");
        let other = Policy::clone(&presets()["rust-azure-identity"]).named("facter");
        assert_eq!((Alias::of(&alias.policy), Alias::of(&other)), (None, None));
    }

    #[test]
    fn no_alias_has_the_name_of_a_preset_or_of_a_library() {
        for name in aliases().keys() {
            assert!(!presets().contains_key(name), "{name}");
            let library = libraries()
                .keys()
                .find(|library| name.starts_with(&**library));
            assert_eq!(library, None, "{name}");
        }
    }
}

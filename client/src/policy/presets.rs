//! The policies that come with the crate: models of real clients, and our own.
//!
//! Presets are written in the users' own format, each with its source and its evidence. Where a measurement and the
//! reading of the source disagree, the measurement holds. What the format cannot express is in `not_modelled`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::library::{Library, libraries};
use super::retry_policy::Policy;

impl Policy {
    /// The name of the preset that is the client's default.
    pub const DEFAULT: &str = "proportional";
}

/// Every preset by its name, from `presets.toml` beside this file, and the newest measured generation of each of
/// the [`libraries`] that has the name of a preset.
#[must_use]
pub fn presets() -> &'static BTreeMap<String, Arc<Policy>> {
    static PRESETS: LazyLock<BTreeMap<String, Arc<Policy>>> = LazyLock::new(read);
    &PRESETS
}

fn read() -> BTreeMap<String, Arc<Policy>> {
    let policies: BTreeMap<String, Policy> = toml::from_str(include_str!("presets.toml"))
        .expect("the presets are part of the crate and every test reads them");
    let policies = policies
        .into_iter()
        .map(|(name, policy)| (name.clone(), Arc::new(policy.named(name))));
    policies
        .chain(libraries().values().filter_map(newest))
        .collect()
}

fn newest(library: &Library) -> Option<(String, Arc<Policy>)> {
    let (name, (_, generation)) = (library.newest.clone()?, library.last());
    let policy = Policy::clone(&generation.policy).named(&*name);
    Some((name, Arc::new(policy)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Evidence;

    #[test]
    fn every_preset_is_sound_and_names_its_source() {
        for (name, policy) in presets() {
            assert_eq!(policy.problems(), Vec::<String>::new(), "{name}");
            assert_eq!(policy.name, *name);
            assert!(
                !policy.summary.is_empty() && !policy.source.is_empty(),
                "{name}"
            );
        }
    }

    #[test]
    fn every_preset_can_be_written_as_toml_and_read_again() {
        for policy in presets().values() {
            let text = toml::to_string(&**policy).expect("TOML");
            let again: Policy = toml::from_str(&text).expect("a policy");
            assert_eq!(again.named(&*policy.name), **policy);
        }
    }

    #[test]
    fn powershell_asks_as_the_net_library_it_is_built_on() {
        let layers = |name| presets()[name].layers.clone();
        assert_eq!(layers("azure-powershell"), layers("dotnet-azure-identity"));
    }

    #[test]
    fn the_default_is_a_preset_of_our_own() {
        let default = &presets()[Policy::DEFAULT];
        assert_eq!(default.evidence, Evidence::Ours);
    }
}

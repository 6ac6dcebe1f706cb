//! The clients that a scenario can name: the presets, and its own `[policies.NAME]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use imds_client::policy::{Policy, presets};
use imds_emulator::document::Section;

/// A scenario's own policies; the presets are always there.
#[derive(Clone, Debug, Default)]
pub(super) struct Policies {
    own: BTreeMap<String, Arc<Policy>>,
}

impl Policies {
    pub(super) fn read(root: &mut Section) -> Self {
        let Some(mut section) = root.section("policies") else {
            return Self::default();
        };
        let names = section.keys().into_iter();
        Self {
            own: names
                .map(|name| (name.clone(), read_policy(&mut section, &name)))
                .collect(),
        }
    }

    /// The policy of this name, a scenario's own before a preset.
    pub(super) fn find(&self, name: &str) -> Result<Arc<Policy>, String> {
        let policy = self.own.get(name).or_else(|| presets().get(name));
        policy.cloned().ok_or_else(|| self.expected())
    }

    fn expected(&self) -> String {
        let names: Vec<&str> = self
            .own
            .keys()
            .chain(presets().keys())
            .map(String::as_str)
            .collect();
        format!("a client, one of {}", names.join(", "))
    }
}

/// A policy that cannot be read is stood in for, so that its clients are not problems too: the
/// scenario is refused anyway.
fn read_policy(section: &mut Section, name: &str) -> Arc<Policy> {
    let policy = section
        .required::<Policy>(name)
        .map(|policy| policy.named(name));
    let problems = policy.iter().flat_map(Policy::problems);
    problems.for_each(|problem| section.refuse(name, problem));
    policy.map_or_else(|| Policy::preset("no-retry").expect("a preset"), Arc::new)
}

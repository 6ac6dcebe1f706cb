//! The clients that a scenario can name: the presets, and its own `[policies.NAME]`.

use std::collections::BTreeMap;
use std::sync::Arc;

use imds_client::policy::{
    self, Policy, PolicyProblem, ResolveError, Resolved, aliases, presets, resolve,
};
use imds_emulator::document::Section;
use imds_emulator::document::nearest::nearest;

/// A scenario's own policies; the presets are always there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policies {
    own: BTreeMap<String, Arc<Policy>>,
}

impl Policies {
    /// Reads `[policies.NAME]`, if there is such a table.
    pub(crate) fn read(root: &mut Section) -> Self {
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

    /// All of them, each under its name; own ones before presets of the same name.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Policy>> {
        let hidden = |name: &String| self.own.contains_key(name);
        let presets = presets().iter().filter(move |(name, _)| !hidden(name));
        self.own.values().chain(presets.map(|(_, policy)| policy))
    }

    /// Adds those of another file, which win over own ones of the same name.
    pub(crate) fn extend(&mut self, others: Self) {
        self.own.extend(others.own);
    }

    /// The policy of this name, a scenario's own before a preset or a release of a library.
    ///
    /// # Errors
    /// Which names there are, if it is none of them; which releases were measured, if it is none of those.
    pub(crate) fn find(&self, name: &str) -> Result<Arc<Policy>, String> {
        self.resolve(name).map(|resolved| resolved.policy)
    }

    /// The same, with the release that it models.
    ///
    /// # Errors
    /// As [`Policies::find`].
    pub(crate) fn resolve(&self, name: &str) -> Result<Resolved, String> {
        match self.own.get(name) {
            Some(policy) => Ok(policy.into()),
            None => resolve(name).map_err(|problem| match problem {
                ResolveError::Unknown(name) => self.expected(&name),
                problem => format!("a client; {problem}"),
            }),
        }
    }

    fn expected(&self, found: &str) -> String {
        let (own, others) = (self.own.keys(), aliases().keys());
        let names = own.chain(presets().keys()).chain(others);
        let meant = nearest(found, names.map(String::as_str));
        let meant = meant.map_or(String::new(), |meant| {
            format!(", did you mean \"{meant}\"?")
        });
        format!(
            "a client, not \"{found}\"{meant} (`imds-client policies` lists presets, and releases such as az-accounts-2.12.1)"
        )
    }
}

/// A policy that cannot be read is stood in for, so that its clients are not problems too: the
/// scenario is refused anyway.
fn read_policy(section: &mut Section, name: &str) -> Arc<Policy> {
    let policy = section.read_by(name, |table| {
        let located = |problem: PolicyProblem| (problem.place, problem.path, problem.message);
        policy::read(table).map_err(|problems| problems.into_iter().map(located).collect())
    });
    let policy = policy.map(|policy| policy.named(name));
    policy.map_or_else(|| Policy::preset("no-retry").expect("a preset"), Arc::new)
}

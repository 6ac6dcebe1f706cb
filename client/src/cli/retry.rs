//! The policy that a command retries by: a preset, or one of the user's own file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use imds_client::policy::{self, Policy, ResolveError, Resolved, resolve};
use imds_client::user_file;
use thiserror::Error;

use super::output::report;

/// How to retry.
#[derive(Debug, Args)]
pub(super) struct RetryOptions {
    /// How to retry: one of what `imds-client policies` lists, a release such as az-accounts-2.12.1,
    /// or one of the policy file [default: proportional, or the only one of the policy file]
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    #[command(flatten)]
    own: OwnPolicies,
}

/// Policies of the user's own.
#[derive(Debug, Args)]
pub(super) struct OwnPolicies {
    /// A file of policies of your own, `[policies.NAME]` as `imds-client policies NAME` prints one
    #[arg(long, value_name = "FILE", value_parser = read)]
    policy_file: Option<Policies>,
}

type Policies = BTreeMap<String, Arc<Policy>>;

/// A policy that cannot be found.
#[derive(Debug, Error)]
pub(super) enum UnknownPolicy {
    /// Neither a preset nor in the file.
    #[error("unknown policy \"{0}\": `imds-client policies` lists them")]
    Unknown(String),
    /// It begins as the releases of a library do, but no such release was measured.
    #[error("{0}; `imds-client policies` lists what was measured")]
    Release(ResolveError),
    /// The file has several, and none is named.
    #[error("--policy-file has more than one policy: choose by --policy one of {0}")]
    Several(String),
    /// The file has none.
    #[error("--policy-file has no [policies.NAME]")]
    None,
}

impl RetryOptions {
    /// The policy that the options select.
    pub(super) fn policy(&self) -> Result<Arc<Policy>, UnknownPolicy> {
        self.resolved().map(|resolved| resolved.policy)
    }

    /// Writes to stderr what the model of a release rests on, if the release may retry otherwise, or if the
    /// user wants to know everything.
    pub(super) fn note(&self, verbose: bool) -> Result<(), UnknownPolicy> {
        let release = self.resolved()?.release;
        let noted = release.filter(|release| verbose || release.is_uncertain());
        if let Some(release) = noted {
            report(&format!("policy: {release}"));
        }
        Ok(())
    }

    fn resolved(&self) -> Result<Resolved, UnknownPolicy> {
        match &self.policy {
            Some(name) => self.own.find(name),
            None => self.own.only(),
        }
    }
}

impl OwnPolicies {
    /// The policies of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Arc<Policy>)> + Clone {
        self.policy_file.iter().flatten()
    }

    /// The policy of this name; the file takes precedence over the presets.
    pub(super) fn find(&self, name: &str) -> Result<Resolved, UnknownPolicy> {
        let own = self.policy_file.as_ref().and_then(|own| own.get(name));
        match own {
            Some(policy) => Ok(policy.into()),
            None => resolve(name).map_err(|problem| match problem {
                ResolveError::Unknown(name) => UnknownPolicy::Unknown(name),
                problem => UnknownPolicy::Release(problem),
            }),
        }
    }

    /// The only policy of the file; the default if there is no file.
    fn only(&self) -> Result<Resolved, UnknownPolicy> {
        let Some(own) = &self.policy_file else {
            return self.find(Policy::DEFAULT);
        };
        let mut policies = own.values();
        match (policies.next(), policies.next()) {
            (None, _) => Err(UnknownPolicy::None),
            (Some(policy), None) => Ok(policy.into()),
            (Some(_), Some(_)) => {
                let names: Vec<&str> = own.keys().map(String::as_str).collect();
                Err(UnknownPolicy::Several(names.join(", ")))
            }
        }
    }
}

/// Reads a file of policies while the command line is parsed, so that its mistakes are usage errors.
fn read(path: &str) -> Result<Policies, String> {
    let text = user_file::read(Path::new(path), user_file::LONGEST)
        .map_err(|problem| problem.to_string())?;
    policy::from_toml(path, &text).map_err(|errors| format!("\n{errors}"))
}

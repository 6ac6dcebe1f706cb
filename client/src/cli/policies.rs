//! `imds-client policies`: lists the policies, or shows one with its waits.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use imds_client::policy::{Alias, Library, Policy, Resolved, aliases, libraries};
use imds_client::{RetryAfter, presets};

use super::exit;
use super::retry::OwnPolicies;
use super::waits::Waits;

/// Which policies to show.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Show this one, as a scenario would write it
    #[arg(value_name = "NAME")]
    policy: Option<String>,
    #[command(flatten)]
    own: OwnPolicies,
}

/// Prints the list, or one policy.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let text = match &arguments.policy {
        None => {
            let policies = list(arguments.own.iter().chain(presets()))?;
            policies + &releases(libraries().values())? + &other_names(aliases())?
        }
        Some(name) => shown(&arguments.own.find(name)?)?,
    };
    io::stdout()
        .write_all(text.as_bytes())
        .context("writing to stdout")?;
    Ok(exit::SUCCESS)
}

fn list<'a>(
    policies: impl Iterator<Item = (&'a String, &'a Arc<Policy>)> + Clone,
) -> anyhow::Result<String> {
    let names = policies.clone().map(|(name, _)| name.len());
    let width = names.max().unwrap_or(0);
    let mut text = String::new();
    for (name, policy) in policies {
        let evidence = policy.evidence.name();
        writeln!(text, "{name:width$}  {evidence:10}  {}", policy.summary)?;
        if !policy.source.is_empty() {
            writeln!(text, "{:width$}  {:10}  from {}", "", "", policy.source)?;
        }
    }
    Ok(text)
}

/// The libraries whose releases are policies, too, each with its generations.
fn releases<'a>(libraries: impl Iterator<Item = &'a Library>) -> anyhow::Result<String> {
    let mut text = String::from(
        "\nReleases by number, such as az-accounts-2.12.1; one between two generations is taken for the older. \
         The name without a version is the newest, unless it is in the list above:\n",
    );
    for library in libraries {
        write!(text, "\n{}-VERSION: {}", library.name, library.title)?;
        match &library.newest {
            Some(newest) => writeln!(text, "; the newest is {newest}")?,
            None => writeln!(text)?,
        }
        for generation in &library.generations {
            let measured: Vec<String> = generation
                .measured
                .iter()
                .map(ToString::to_string)
                .collect();
            writeln!(
                text,
                "  {}  measured: {}",
                generation.policy.name,
                measured.join(", ")
            )?;
            writeln!(text, "    {}", generation.policy.summary)?;
        }
    }
    Ok(text)
}

/// The clients that behave as a preset of another name.
fn other_names(aliases: &BTreeMap<String, Alias>) -> anyhow::Result<String> {
    let mut text = String::from("\nClients that behave as a preset does:\n\n");
    let width = aliases.keys().map(String::len).max().unwrap_or(0);
    for (name, alias) in aliases {
        let policy = &alias.policy.name;
        writeln!(text, "{name:width$}  {policy}  {}", alias.title)?;
    }
    Ok(text)
}

/// TOML for a scenario, with what a release rests on and the waits as comments.
fn shown(resolved: &Resolved) -> anyhow::Result<String> {
    let policy = &resolved.policy;
    let table = BTreeMap::from([("policies", BTreeMap::from([(&policy.name, &**policy)]))]);
    let seconds = Some(Duration::from_secs(1));
    let probe = policy.probe.is_some();
    let policy = &without_probe(policy);
    let unasked = Waits::simulated(policy, RetryAfter::default());
    let asked = Waits::simulated(
        policy,
        RetryAfter {
            seconds,
            ..RetryAfter::default()
        },
    );
    let rests_on = resolved.release.as_ref();
    let mut text = rests_on.map_or_else(String::new, |release| format!("# {release}\n"));
    text += &toml::to_string(&table)?;
    if probe {
        writeln!(
            text,
            "\n# Waits after a probe that lets it go on, and six times 429, which take no time:"
        )?;
    } else {
        writeln!(text, "\n# Waits after six times 429, which take no time:")?;
    }
    writeln!(text, "#   without Retry-After: {unasked}")?;
    writeln!(text, "#   with Retry-After: 1: {asked}")?;
    Ok(text)
}

/// The policy as it goes on after its probe.
fn without_probe(policy: &Policy) -> Arc<Policy> {
    Arc::new(Policy {
        probe: None,
        ..policy.clone()
    })
}

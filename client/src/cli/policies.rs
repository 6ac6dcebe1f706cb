//! `imds-client policies`: lists the policies, or shows one with its waits.

mod list;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use imds_client::RetryAfter;
use imds_client::policy::{Alias, Policy, Product, Resolved};

use super::exit;
use super::output;
use super::retry::OwnPolicies;
use super::waits::Waits;
use list::Format;

/// Which policies to show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Show this one, as a scenario would write it
    #[arg(value_name = "NAME")]
    policy: Option<String>,
    /// How the list is written [default: text]
    #[arg(long, conflicts_with = "policy")]
    format: Option<Format>,
    #[command(flatten)]
    own: OwnPolicies,
}

const EXAMPLES: &str = "\
Examples:
  imds-client policies
  imds-client policies az-accounts-2.12.1
  imds-client policies mine --policy-file mine.toml";

/// Prints the list, or one policy.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let text = match &arguments.policy {
        None => {
            let format = arguments.format.unwrap_or(Format::Text);
            format.written(&products(&arguments.own))?
        }
        Some(name) => shown(&arguments.own.find(name)?)?,
    };
    output::lines(&text)?;
    Ok(exit::SUCCESS)
}

/// Every product, after the policies of the user's file.
fn products(own: &OwnPolicies) -> Vec<Product> {
    let own: Vec<&Policy> = own.iter().map(|(_, policy)| &**policy).collect();
    let all = Product::all();
    if own.is_empty() {
        return all;
    }
    let title = "Of the file".to_owned();
    let own = Product::of(title, own);
    [vec![own], all].concat()
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
    if let Some(alias) = Alias::of(policy) {
        let (title, preset) = (&alias.title, &alias.policy.name);
        writeln!(text, "# {title} behaves as {preset}")?;
    }
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

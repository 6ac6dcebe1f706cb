//! One setting of a remedy, and the scenario with it.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;
use imds_client::pace::interval_of;
use imds_client::policy::libraries;
use imds_emulator::document::FriendlyDuration;

use crate::command::plan::question::Question;
use crate::result::plan::Sought;
use crate::scenario::arrival::{Arrival, Herd};
use crate::scenario::definition::{Group, Scenario};
use crate::scenario::script::{Retry, StepKind, Task};
use crate::scenario::through::{ClientOptions, Gate, Starts, Through};

/// Azure PowerShell's module, as its releases are called.
const AZ_ACCOUNTS: &str = "az-accounts";

/// A setting of a remedy.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Setting {
    AsItIs,
    /// Places of a queue, and starts a second.
    Gate(Option<usize>, Option<&'static str>),
    Broker,
    SharedCache,
    /// From one start to the next, group by group, none before its own first start.
    Spaced(Duration),
    /// The starts of each group are spread over this, from its first on.
    Spread(Duration),
    /// So many tries, so long apart and up to as long again by chance.
    Retry(u32, Duration),
    /// This client, or for each group the one that suits it.
    Client(Option<String>),
}

/// The scenario with a setting.
pub(super) struct Changed {
    pub(super) scenario: Scenario,
    /// The groups that stay as they are, and why.
    pub(super) left_out: BTreeMap<String, String>,
    /// What groups went through before, where they go through something else now.
    pub(super) in_place_of: BTreeMap<String, String>,
    /// The numbers of the groups that do not stay as they are.
    pub(super) groups: Vec<usize>,
}

impl Changed {
    /// The clients of the groups that do not stay as they are.
    fn clients(&self) -> Vec<&str> {
        let groups = self.groups.iter();
        let names = groups.map(|number| self.scenario.groups[*number].policy.name.as_str());
        let names: BTreeSet<&str> = names.collect();
        names.into_iter().collect()
    }

    /// The broker's command.
    fn broker(&self) -> String {
        let groups = self.groups.iter();
        let mut through =
            groups.filter_map(|number| self.scenario.groups[*number].through.as_ref());
        let broker = through.find(|through| through.broker().is_some());
        broker.map(ToString::to_string).unwrap_or_default()
    }
}

impl Setting {
    /// The scenario with it.
    ///
    /// # Errors
    /// What was expected instead of an unknown client.
    pub(super) fn applied(&self, scenario: &Scenario) -> Result<Changed, String> {
        let mut changed = scenario.clone();
        let mut left_out = BTreeMap::new();
        let mut groups = vec![];
        for (number, group) in scenario.groups.iter().enumerate() {
            match self.problem(group) {
                None => groups.push(number),
                Some(why) => _ = left_out.insert(group.name.clone(), why),
            }
        }
        for number in &groups {
            self.change(&mut changed, *number)?;
        }
        if let Some(spacing) = self.spacing(&groups) {
            changed = spacing.changed(&changed, 1);
        }
        Ok(Changed {
            in_place_of: in_place_of(scenario, &changed),
            scenario: changed,
            left_out,
            groups,
        })
    }

    /// Why it cannot be applied to a group, if it cannot.
    pub(super) fn problem(&self, group: &Group) -> Option<String> {
        if group.background && *self != Self::AsItIs {
            return Some("it is in the background, and none of the jobs".to_owned());
        }
        let kinds = Task::kinds(&group.script);
        let fixed = group.arrival.sessions().is_some();
        let herd = matches!(group.arrival, Arrival::Herd(_) | Arrival::Every(_));
        let tokens = kinds.contains(&StepKind::Connect);
        let because = match self {
            Self::Gate(..) if group.startup.is_some() => {
                "a queue decides when its jobs start, and their `startup` is drawn before: [processor] takes its place"
            }
            Self::SharedCache if group.azure_context.is_some() => {
                "Azure PowerShell signs in by itself, and reads no cache of another program"
            }
            Self::Broker | Self::SharedCache | Self::Retry(..) if !tokens => "it asks for no token",
            Self::Retry(tries, delay)
                if Task::with_retry(&group.script, retry(*tries, *delay)) == group.script =>
            {
                "its steps for tokens are tried as often already"
            }
            Self::Broker if kinds.contains(&StepKind::Metadata) => {
                "it asks for metadata, too, which is not simulated behind a broker"
            }
            Self::Spaced(_) if fixed => "its arrival says when each of them starts",
            Self::Spread(_) if !herd => "it arrives neither as a herd nor one after the other",
            Self::Client(None) if suits(group) == group.policy.name => {
                "it has the client that would take its place"
            }
            _ => return None,
        };
        Some(because.to_owned())
    }

    /// Changes one group.
    fn change(&self, scenario: &mut Scenario, number: usize) -> Result<(), String> {
        match self {
            Self::Client(named) => {
                let suits = suits(&scenario.groups[number]);
                let client = named.as_deref().unwrap_or(&suits);
                return scenario.give_client(number, client);
            }
            Self::SharedCache => scenario.give_client(number, Policy::DEFAULT)?,
            _ => {}
        }
        let broker = scenario.groups.iter().find_map(Group::broker).cloned();
        let group = &mut scenario.groups[number];
        match self {
            Self::AsItIs | Self::Client(_) | Self::Spaced(_) => {}
            Self::Gate(places, rate) => group.through = Some(Through::Gate(gate(*places, *rate))),
            Self::Broker => {
                let usual = || Policy::preset(Policy::DEFAULT).expect("a preset");
                group.through = Some(Through::Broker(broker.unwrap_or_else(usual)));
            }
            Self::SharedCache => {
                let (shared_cache, pace) = (true, true);
                group.through = Some(Through::Client(ClientOptions { shared_cache, pace }));
            }
            Self::Spread(spread) => {
                let first = group.arrival.first_start().unwrap_or_default();
                let (at, spread) = (FriendlyDuration(first), FriendlyDuration(*spread));
                group.arrival = Arrival::Herd(Herd { at, spread });
            }
            Self::Retry(tries, delay) => {
                let retry = retry(*tries, *delay);
                group.script = Task::with_retry(&group.script, retry);
            }
        }
        Ok(())
    }

    /// How these groups are spaced together, if they are.
    fn spacing(&self, groups: &[usize]) -> Option<Question> {
        let Self::Spaced(step) = self else {
            return None;
        };
        Some(Question {
            sought: Sought::IntervalMs,
            step: *step,
            groups: groups.to_vec(),
        })
    }

    /// As it is told in a table, of a scenario that was changed so.
    pub(super) fn shown(&self, changed: &Changed) -> String {
        match self {
            Self::AsItIs => "as they are".to_owned(),
            Self::Gate(places, rate) => gate(*places, *rate).to_string(),
            Self::Broker => changed.broker(),
            Self::SharedCache => "imds-client token --shared-cache --pace".to_owned(),
            Self::Spaced(step) => format!("a start each {}", FriendlyDuration(*step)),
            Self::Spread(spread) => format!("over {}", FriendlyDuration(*spread)),
            Self::Retry(tries, delay) => {
                let (least, most) = (FriendlyDuration(*delay), FriendlyDuration(*delay * 2));
                format!("{tries} tries, {least} to {most} apart")
            }
            Self::Client(Some(client)) => client.clone(),
            Self::Client(None) => changed.clients().join(", "),
        }
    }
}

/// What groups go through before a change, where it is something else afterwards.
fn in_place_of(before: &Scenario, after: &Scenario) -> BTreeMap<String, String> {
    let groups = before.groups.iter().zip(&after.groups);
    let through = |group: &Group| group.through.as_ref().map(ToString::to_string);
    let replaced = groups.filter_map(|(one, other)| {
        let before = through(one)?;
        (Some(&before) != through(other).as_ref()).then(|| (one.name.clone(), before))
    });
    replaced.collect()
}

/// The client that takes the place of a group's: the newest measured release of Azure PowerShell, or this project's own.
fn suits(group: &Group) -> String {
    let newest = || {
        let (version, _) = libraries()[AZ_ACCOUNTS].measured().next_back()?;
        Some(format!("{AZ_ACCOUNTS}-{version}"))
    };
    let context = group.azure_context.as_ref();
    let suits = context.and_then(|_| newest());
    suits.unwrap_or_else(|| Policy::DEFAULT.to_owned())
}

/// So many tries, so long apart and up to as long again by chance.
fn retry(tries: u32, delay: Duration) -> Retry {
    Retry {
        attempts: tries,
        delay,
        jitter: delay,
        ..Retry::NONE
    }
}

fn gate(places: Option<usize>, rate: Option<&str>) -> Gate {
    let starts = rate.map(|rate| Starts {
        rate: rate.into(),
        interval: interval_of(rate).expect("a rate of the ladder"),
    });
    Gate {
        name: Arc::from(Gate::NAME),
        at_once: places.and_then(NonZeroUsize::new),
        starts,
    }
}

#[cfg(test)]
mod tests;

//! What an answer rests on, and what else each part of it might be.
//!
//! Documented is that the VM gets 20 tokens a second, 5 at once. How that is counted, what happens beyond it and how long
//! IMDS takes for a token is not; every plan plays the other possibilities, too.

mod alternative;
mod kind;
mod profile;
mod values;

use std::collections::BTreeMap;

use crate::result::plan::{Evidence, RestsOn};
use crate::scenario::definition::Scenario;
use imds_client::Policy;
use imds_client::policy::Evidence as PolicyEvidence;
use imds_emulator::config::VmSettings;

pub(in crate::command) use self::alternative::Alternative;
pub(in crate::command) use self::kind::Assumption;
pub(in crate::command) use self::profile::Known;
pub(crate) use self::profile::Narrowed;

/// The alternatives to what the scenario has, and what is known of each.
pub(in crate::command) struct Assumptions {
    pub(in crate::command) alternatives: Vec<Alternative>,
    rests_on: Vec<RestsOn>,
}

impl Assumptions {
    /// Sets the scenario to what is known, and lists what else there may be of the assumptions that are varied.
    pub(in crate::command) fn new(
        scenario: &mut Scenario,
        known: &BTreeMap<Assumption, Known>,
        varied: impl Fn(Assumption) -> bool,
    ) -> Self {
        let mut alternatives = vec![];
        let mut rests_on = documented(scenario);
        for assumption in Assumption::ALL {
            let known = known.get(&assumption);
            if let Some(known) = known {
                known.settle(scenario);
            }
            let others: Vec<Alternative> = match known {
                Some(known) => known.alternatives().to_vec(),
                None => usual(assumption),
            };
            let others: Vec<Alternative> = others
                .into_iter()
                .filter(|other| varied(assumption) && other.changes(scenario))
                .collect();
            rests_on.push(self::rests_on(assumption, scenario, known, &others));
            alternatives.extend(others);
        }
        Self {
            alternatives,
            rests_on,
        }
    }

    pub(in crate::command) fn into_rests_on(self) -> Vec<RestsOn> {
        self.rests_on
    }
}

fn usual(assumption: Assumption) -> Vec<Alternative> {
    let values = assumption.usual().iter();
    let alternative =
        |value: &&str| Alternative::new(assumption, value).expect("a value of its own");
    values.map(alternative).collect()
}

fn rests_on(
    assumption: Assumption,
    scenario: &Scenario,
    known: Option<&Known>,
    others: &[Alternative],
) -> RestsOn {
    let (evidence, source) = assumption.evidence();
    let value = values::of(&scenario.imds.vm, assumption);
    let usual = values::of(&VmSettings::default(), assumption);
    let (evidence, source) = match known.and_then(Known::stated) {
        Some(stated) => stated,
        None if value != usual && assumption != Assumption::ServiceTime => {
            (Evidence::Set, format!("set by the scenario; {source}"))
        }
        None => (evidence, source.to_owned()),
    };
    let varied = others.iter().map(|other| other.value.clone()).collect();
    RestsOn {
        name: assumption.name().to_owned(),
        value,
        evidence,
        source,
        varied,
    }
}

/// The limit that is documented and not varied, and the clients.
fn documented(scenario: &Scenario) -> Vec<RestsOn> {
    let limits = &scenario.imds.vm.limits.identity;
    let usual = VmSettings::default().limits.identity.concurrent;
    let (evidence, source) = if limits.concurrent == usual {
        (Evidence::Documented, "5 token requests at once")
    } else {
        (Evidence::Set, "set by the scenario; documented are 5")
    };
    let concurrent = RestsOn {
        name: "limits.identity.concurrent".to_owned(),
        value: limits
            .concurrent
            .map_or("false".to_owned(), |most| most.to_string()),
        evidence,
        source: source.to_owned(),
        varied: vec![],
    };
    let mut all = vec![concurrent];
    for group in &scenario.groups {
        let client = client(&group.policy);
        if !all.contains(&client) {
            all.push(client);
        }
    }
    all
}

fn client(policy: &Policy) -> RestsOn {
    let evidence = match policy.evidence {
        PolicyEvidence::Measured => Evidence::Measured,
        PolicyEvidence::Read => Evidence::Read,
        PolicyEvidence::Documented => Evidence::Documented,
        PolicyEvidence::Ours => Evidence::Set,
    };
    RestsOn {
        name: "client".to_owned(),
        value: policy.name.clone(),
        evidence,
        source: policy.source.clone(),
        varied: vec![],
    }
}

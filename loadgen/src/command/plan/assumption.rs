//! What an answer rests on, and what else each part of it might be.
//!
//! Documented is that the VM gets 20 tokens a second, 5 at once. How that is counted, what happens beyond it and how long
//! IMDS takes for a token is not; every plan plays the other possibilities, too.

mod profile;
mod values;

use std::collections::BTreeMap;

use crate::result::plan::{Evidence, RestsOn};
use crate::scenario::definition::Scenario;
use imds_client::Policy;
use imds_client::policy::Evidence as PolicyEvidence;
use imds_emulator::config::VmSettings;

pub(super) use self::profile::Known;
pub(crate) use self::profile::Narrowed;

/// Something that nobody documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Assumption {
    ServiceTime,
    Window,
    Order,
    Charging,
    Penalty,
    WhenFull,
    TokenRate,
    RetryAfter,
    Abandoned,
}

/// One possible value of an assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alternative {
    pub(super) assumption: Assumption,
    pub(super) value: String,
}

impl Assumption {
    pub(super) const ALL: [Self; 9] = [
        Self::ServiceTime,
        Self::Window,
        Self::Order,
        Self::Charging,
        Self::Penalty,
        Self::WhenFull,
        Self::TokenRate,
        Self::RetryAfter,
        Self::Abandoned,
    ];

    /// Its name in `--vary`, in a profile and in the document.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ServiceTime => "service_time",
            Self::Window => "window",
            Self::Order => "check_first",
            Self::Charging => "charge_refused",
            Self::Penalty => "penalty",
            Self::WhenFull => "when_full",
            Self::TokenRate => "token_rate",
            Self::RetryAfter => "retry_after",
            Self::Abandoned => "abandoned",
        }
    }

    /// How the value that is assumed by default is known.
    pub(super) fn evidence(self) -> (Evidence, &'static str) {
        match self {
            Self::ServiceTime => (
                Evidence::Assumed,
                "nothing public says how long IMDS takes for a token",
            ),
            Self::Window => (
                Evidence::Assumed,
                "\"20 requests per second\" is documented, not how they are counted",
            ),
            Self::Order => (
                Evidence::Assumed,
                "which limit decides first is not documented",
            ),
            Self::Charging => (
                Evidence::Assumed,
                "whether refused requests count is not documented",
            ),
            Self::Penalty => (
                Evidence::Assumed,
                "\"while the throttle is in effect\" is documented, not for how long",
            ),
            Self::WhenFull => (
                Evidence::Assumed,
                "\"limited to 5 concurrent\" is documented, not whether a sixth waits",
            ),
            Self::TokenRate => (Evidence::Documented, "20 a second; some users report 5"),
            Self::RetryAfter => (Evidence::Reported, "no published capture of a 429 has one"),
            Self::Abandoned => (
                Evidence::Assumed,
                "what becomes of a request whose client has gone is not documented",
            ),
        }
    }

    /// The values that are played unless others are named.
    pub(super) fn usual(self) -> &'static [&'static str] {
        match self {
            Self::ServiceTime => &["20ms", "50ms", "100ms", "200ms", "500ms", "1s", "2s"],
            Self::Window => &["sliding-window", "fixed-window", "token-bucket", "gcra"],
            Self::Order => &["concurrency", "rate"],
            Self::Charging => &["false", "true"],
            Self::Penalty => &["false", "1s", "5s"],
            Self::WhenFull => &["refuse", "queue", "queue-then-rate"],
            Self::TokenRate => &["20", "5"],
            Self::RetryAfter => &["none", "exact", "1s"],
            Self::Abandoned => &["hold", "release"],
        }
    }

    pub(super) fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            format!("one of {names}, not \"{name}\"")
        })
    }
}

impl Alternative {
    /// One that can be set.
    ///
    /// # Errors
    /// What was expected instead of its value.
    pub(super) fn new(assumption: Assumption, value: &str) -> Result<Self, String> {
        let mut tried = VmSettings::default();
        values::set(&mut tried, assumption, value)?;
        let value = values::of(&tried, assumption);
        Ok(Self { assumption, value })
    }

    /// The scenario as it is if this is so.
    pub(super) fn apply(&self, scenario: &mut Scenario) {
        values::set(&mut scenario.imds.vm, self.assumption, &self.value)
            .expect("it was set before");
    }

    /// Whether the scenario is so already.
    pub(super) fn is_in(&self, scenario: &Scenario) -> bool {
        values::of(&scenario.imds.vm, self.assumption) == self.value
    }

    /// As it is shown.
    pub(super) fn shown(&self) -> String {
        format!("{} {}", self.assumption.name(), self.value)
    }
}

/// The alternatives to what the scenario has, and what is known of each.
pub(super) struct Assumptions {
    pub(super) alternatives: Vec<Alternative>,
    rests_on: Vec<RestsOn>,
}

impl Assumptions {
    /// Sets the scenario to what is known, and lists what else there may be of the assumptions that are varied.
    pub(super) fn new(
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
                .filter(|other| varied(assumption) && !other.is_in(scenario))
                .collect();
            rests_on.push(self::rests_on(assumption, scenario, known, &others));
            alternatives.extend(others);
        }
        Self {
            alternatives,
            rests_on,
        }
    }

    pub(super) fn into_rests_on(self) -> Vec<RestsOn> {
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
    let (evidence, source) = match known {
        Some(known) => (known.evidence(), known.source().to_owned()),
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

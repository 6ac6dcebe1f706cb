//! The `through` and the `work` of a group.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;
use imds_client::pace::interval_of;
use imds_emulator::document::{FriendlyDuration, Section};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::kinds::kind;
use crate::scenario::policies::Policies;
use crate::scenario::script::{Pause, Retry, Step, StepKind, Task};
use crate::scenario::through::{ClientOptions, Gate, NO_CONTEXT, Starts, Through};

const KINDS: [&str; 3] = ["gate", "broker", "shared_cache"];

/// What a group says beside that.
pub(super) struct Beside<'g> {
    startup: bool,
    background: bool,
    script: Option<&'g [Task]>,
    has_context: bool,
}

impl<'g> Beside<'g> {
    /// Whether it has a `startup`, is in the background, its script if that could be read, and whether it has a context.
    pub(super) fn of(
        startup: bool,
        background: bool,
        script: Option<&'g [Task]>,
        has_context: bool,
    ) -> Self {
        Self {
            startup,
            background,
            script,
            has_context,
        }
    }
}

/// What the sessions of a group go through; nothing if it does not say, or if it says something wrong. `brokers` are the
/// policies of the brokers of other groups.
pub(super) fn read(
    group: &mut Section,
    policies: &Policies,
    beside: &Beside,
    brokers: &mut BTreeSet<String>,
) -> Option<Through> {
    let mut section = group.section("through")?;
    if section.has("pace") && !KINDS.iter().any(|kind| section.has(kind)) {
        let pace = pace(&mut section, None)?;
        return client(group, beside, false, pace);
    }
    let kind = kind(&mut section, &KINDS);
    let pace = pace(&mut section, kind);
    match kind? {
        "gate" => {
            let gate = gate(&mut section.section("gate")?)?;
            refuse_beside_gate(group, beside);
            Some(Through::Gate(gate))
        }
        "broker" => {
            let policy = broker(&mut section.section("broker")?, policies)?;
            refuse_beside_broker(group, &policy, beside.script, brokers);
            Some(Through::Broker(policy))
        }
        _ => {
            section.section("shared_cache")?;
            client(group, beside, true, pace.unwrap_or_default())
        }
    }
}

/// Whether there is `pace = true`, which must have an effect beside the kind of the remedy.
fn pace(section: &mut Section, kind: Option<&str>) -> Option<bool> {
    let pace: bool = section.optional("pace")?;
    if matches!(kind, Some("gate" | "broker")) {
        let expected = "expected shared_cache beside it, or nothing: a gate has a rate, and a broker keeps IMDS's limits by itself";
        section.refuse("pace", expected);
    } else if !pace {
        section.refuse("pace", "expected true: left out, nothing is paced");
    }
    Some(pace)
}

/// The client with these options, and what cannot stand beside it.
fn client(group: &Section, beside: &Beside, shared_cache: bool, pace: bool) -> Option<Through> {
    let kinds = beside.script.map(Task::kinds).unwrap_or_default();
    let tokens = kinds.contains(&StepKind::Connect);
    if shared_cache && !tokens && beside.script.is_some() {
        let expected = "expected a connect step beside shared_cache: only tokens are in it";
        group.refuse("through", expected);
    }
    if beside.has_context {
        let expected = format_args!("expected {NO_CONTEXT}");
        group.refuse("through", expected);
    }
    (shared_cache || pace).then_some(Through::Client(ClientOptions { shared_cache, pace }))
}

fn broker(section: &mut Section, policies: &Policies) -> Option<Arc<Policy>> {
    let named: Option<String> = section.optional("policy");
    let name = named.as_deref().unwrap_or(Policy::DEFAULT);
    let found = policies.find(name);
    let policy = found
        .map_err(|expected| section.refuse("policy", format_args!("expected {expected}")))
        .ok()?;
    if policy.replay.is_some() {
        let expected = "expected a policy without `replay`: failures that a broker repeats from memory are not simulated";
        section.refuse("policy", expected);
    }
    Some(policy)
}

/// What cannot be asked of a broker, or of a second one.
fn refuse_beside_broker(
    group: &Section,
    policy: &Arc<Policy>,
    script: Option<&[Task]>,
    brokers: &mut BTreeSet<String>,
) {
    let kinds = script.map(Task::kinds).unwrap_or_default();
    if kinds.contains(&StepKind::Metadata) {
        let expected = "expected no metadata step beside a broker: only its tokens are simulated";
        group.refuse("through", expected);
    }
    brokers.insert(policy.name.clone());
    if brokers.len() > 1 {
        let expected = "expected the same policy in all groups that go through the broker";
        group.refuse("through", expected);
    }
}

fn gate(section: &mut Section) -> Option<Gate> {
    let limited = section.has("at_once") || section.has("rate");
    if !limited {
        section.refuse("at_once", "expected at_once, rate or both");
    }
    let at_once = section.optional("at_once");
    let at_once = at_once.map(|Places(places)| places);
    let starts = starts(section);
    let name: Option<String> = section.optional("name");
    if name.as_ref().is_some_and(String::is_empty) {
        section.refuse("name", "expected a name that is not empty");
    }
    let name = name.map_or(Gate::NAME.into(), Arc::from);
    limited.then_some(Gate {
        name,
        at_once,
        starts,
    })
}

/// How many sessions a gate lets run at once.
struct Places(NonZeroUsize);

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let places = usize::deserialize(deserializer)
            .ok()
            .and_then(NonZeroUsize::new);
        let expected = || D::Error::custom("expected a number of sessions, at least 1");
        places.map(Self).ok_or_else(expected)
    }
}

fn starts(section: &mut Section) -> Option<Starts> {
    let rate: String = section.optional("rate")?;
    let interval = interval_of(&rate);
    let interval = interval.map_err(|expected| section.refuse("rate", expected));
    Some(Starts {
        interval: interval.ok()?,
        rate: rate.into(),
    })
}

/// What a gate cannot stand beside.
fn refuse_beside_gate(group: &Section, beside: &Beside) {
    if beside.startup {
        let expected = "expected [processor] with costs = { import = … } in its place beside a gate, which decides when a session starts";
        group.refuse("startup", expected);
    }
    if beside.background {
        let expected = "expected no background beside a gate: such a session does not end, and would keep its place";
        group.refuse("through", expected);
    }
}

/// How long a session works when its script is done: `work = "10m"`.
pub(super) fn work(group: &mut Section) -> Option<Duration> {
    let FriendlyDuration(length) = group.optional("work")?;
    if length.is_zero() {
        group.refuse("work", "expected a length of time greater than zero");
        return None;
    }
    Some(length)
}

/// The script with the work at its end.
pub(super) fn with_work(script: Arc<[Task]>, work: Option<Duration>) -> Arc<[Task]> {
    let Some(length) = work else {
        return script;
    };
    let (min, max) = (length, length);
    let work = Task::Step(Step::Think(Pause { min, max }), Retry::NONE);
    script.iter().cloned().chain([work]).collect()
}

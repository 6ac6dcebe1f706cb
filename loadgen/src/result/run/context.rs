//! The part of the result on the Azure context.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::cause::WorksAs;
use crate::record::context::ContextCount;
use crate::record::distribution::{Percentiles, ms};
use crate::scenario::context::{Contexts, Settings};
use crate::scenario::definition::{Group, OnError, Scenario};

/// What happened to the profile and its file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ContextResult {
    /// What was in force; null: no session had a context.
    #[serde(default)]
    pub in_force: Option<ContextInForce>,
    /// Sessions that could not read the file at their start, and went on in memory without a context.
    pub import_degraded: u64,
    /// Sessions that could not import the module at their start, and had no cmdlets.
    #[serde(default)]
    pub import_failed: u64,
    /// How often the file was found damaged, and what it held was lost.
    pub file_damaged: u64,
    /// The lock on the file.
    pub lock: LockResult,
}

/// What was in force for sessions that share a profile.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ContextInForce {
    /// The account that was saved in the file when the run began; null: none, or it was damaged.
    pub saved: Option<WorksAs>,
    /// Whether the file was damaged when the run began.
    pub damaged: bool,
    /// How long a session slept when it found the file open.
    pub poll_ms: f64,
    /// How often it tried before it gave up.
    pub tries: u32,
    /// The shortest time that a session had the file open for nothing but reading and writing it.
    pub hold_min_ms: f64,
    /// The longest.
    pub hold_max_ms: f64,
    /// The shortest time by which the first sign-in on an empty profile had it open longer, beside what it listed.
    #[serde(default)]
    pub hold_first_min_ms: f64,
    /// The longest.
    #[serde(default)]
    pub hold_first_max_ms: f64,
    /// The groups whose sessions had a context.
    pub groups: BTreeMap<String, GroupContext>,
}

/// How the sessions of one group met the profile.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct GroupContext {
    /// Their version of Azure PowerShell, as scenarios call it.
    pub version: String,
    /// The release of Az.Accounts whose measured figures stand for that version; null: the article's
    /// explanation, which is no release.
    #[serde(default)]
    pub measured: Option<String>,
    /// Their logon session: those of one share a mutex.
    pub logon: u32,
    /// The process that they all are threads of, as the scenario calls it; left out: each is a process of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Whether their scripts went on after an error.
    pub continues_on_error: bool,
}

/// How sessions got the file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LockResult {
    /// How often a session wanted the file.
    pub wanted: u64,
    /// How often one found it open, and slept.
    pub busy: u64,
    /// How often one gave up.
    pub timed_out: u64,
    /// The most sessions that waited for the mutex at once: the convoy.
    pub longest_queue: u64,
    /// From the wish to the open file, or to giving up.
    pub wait_ms: Percentiles,
    /// How long the file was open for writing.
    pub held_ms: Percentiles,
}

impl ContextResult {
    pub(super) fn new(scenario: &Scenario, count: &ContextCount) -> Self {
        Self {
            in_force: ContextInForce::of(scenario),
            import_degraded: count.import_degraded,
            import_failed: count.import_failed,
            file_damaged: count.file_damaged,
            lock: LockResult {
                wanted: count.wanted,
                busy: count.busy,
                timed_out: count.timed_out,
                longest_queue: count.longest_queue as u64,
                wait_ms: count.waited.percentiles(),
                held_ms: count.held.percentiles(),
            },
        }
    }
}

impl ContextInForce {
    fn of(scenario: &Scenario) -> Option<Self> {
        let groups = scenario.groups.iter();
        let groups: BTreeMap<_, _> = groups
            .filter_map(|group| Some((group.name.clone(), GroupContext::of(group)?)))
            .collect();
        (!groups.is_empty()).then(|| Self::new(&scenario.context, groups))
    }

    fn new(settings: &Settings, groups: BTreeMap<String, GroupContext>) -> Self {
        let saved = Contexts::from_json(&settings.saved);
        Self {
            damaged: saved.is_none(),
            saved: saved.and_then(|saved| saved.current().map(Into::into)),
            poll_ms: ms(settings.poll),
            tries: settings.tries,
            hold_min_ms: ms(settings.hold.min),
            hold_max_ms: ms(settings.hold.max),
            hold_first_min_ms: ms(settings.first_hold.min),
            hold_first_max_ms: ms(settings.first_hold.max),
            groups,
        }
    }
}

impl GroupContext {
    fn of(group: &Group) -> Option<Self> {
        let azure_context = group.azure_context.as_ref()?;
        Some(Self {
            version: azure_context.generation.name.clone(),
            measured: azure_context
                .generation
                .measured
                .map(|release| release.to_string()),
            logon: azure_context.domain,
            process: azure_context.process.as_deref().map(str::to_owned),
            continues_on_error: group.on_error == OnError::Continue,
        })
    }
}

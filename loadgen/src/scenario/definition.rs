//! A scenario: concurrent sessions on one VM, and what is expected of the result.
//!
//! `[imds]` is the emulator's configuration and is read by the emulator's code, so that there is one vocabulary.

use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;
use imds_client::policy::{ModelledRelease, Resolved, Version};
use imds_emulator::Config;
use serde::Deserialize;

use crate::scenario::arrival::{Arrival, Closed};
use crate::scenario::context::{AzureContext, Brought, Generation, Settings};
use crate::scenario::expectation::Expectation;
use crate::scenario::processor::{Cores, Costs, PowerShell};
use crate::scenario::script::{StepKind, Task};
use crate::scenario::startup::Startup;
use crate::scenario::through::{ClientOptions, Gate, NO_CONTEXT, Through};
use crate::scenario::vms::VmKind;

use super::policies::Policies;

/// The version of the scenario format that this program reads.
pub(crate) const SCHEMA: u32 = 1;

/// How long a run may last after its last session began, unless the scenario says when it ends (`max_duration`, as in
/// k6's `maxDuration`). What its sessions think and work is beside that.
const AFTER_LAST_START: Duration = Duration::from_mins(10);

/// The most sessions that a scenario may have.
pub(crate) const MOST_SESSIONS: u32 = 1_000_000;

/// Everything that a run needs. Made by [`Scenario::from_toml`], which checks it all.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    /// The name in reports.
    pub name: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// Sessions that are not done by then are ended, and have failed; none: [`Scenario::after_last_start`].
    pub max_duration: Option<Duration>,
    /// The VM: its limits, service times and identities.
    pub imds: Config,
    /// The kinds of VMs, each of which has sessions of its own; none: there is one VM.
    pub vms: Vec<VmKind>,
    /// The sessions, group by group.
    pub groups: Vec<Group>,
    /// The expectations that the result has to meet.
    pub expectations: Vec<Expectation>,
    /// How many sessions are traced; set by the command line, not by the file.
    pub traces: u32,
    pub(super) policies: Policies,
    /// The contexts that are saved when the run starts, and how processes wait for the file.
    pub context: Arc<Settings>,
    /// The cores that all sessions share; none: nothing that they do takes processor time.
    pub cores: Option<Cores>,
}

/// Sessions that are alike: one script, one client, one way to arrive.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The name of the group in reports.
    pub name: String,
    /// The kinds of VMs that they run on, by index, and how many VMs these are; none: there is one VM.
    pub vms: Option<(Arc<[usize]>, u32)>,
    /// How many sessions there are on each VM, at least one; of a closed group that ends by time, how many there
    /// may be at most.
    pub count: u32,
    /// When they start.
    pub arrival: Arrival,
    /// How their client retries.
    pub policy: Arc<Policy>,
    /// The release that the policy models; none: it models none by its number.
    pub release: Option<ModelledRelease>,
    /// What each of them does.
    pub script: Arc<[Task]>,
    /// What a step that fails does to the script.
    pub on_error: OnError,
    /// What it costs a session to start, if anything.
    pub startup: Option<Startup>,
    /// How long each of them works when its script is done; the last step of the script is that.
    pub work: Option<Duration>,
    /// What stands between them and IMDS, if anything does.
    pub through: Option<Through>,
    /// What the steps cost the scenario's cores.
    pub costs: Arc<Costs>,
    /// How the sessions use the Azure context in the context file; none: they have no context.
    pub azure_context: Option<AzureContext>,
    /// Whether the scenario names the context; else the client has brought it along.
    pub names_context: bool,
    /// Whether the sessions only load the service: they repeat their script until the others have ended, and
    /// are counted separately.
    pub background: bool,
}

/// What a failed step does to its script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OnError {
    /// It ends it.
    #[default]
    Stop,
    /// It continues with the next step, as a PowerShell script does by default.
    Continue,
}

/// What a command line may change in a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    pub seed: Option<u64>,
    /// The preset or policy of every group.
    pub client: Option<String>,
    /// The size of every group that is not in the background.
    pub count: Option<u32>,
    /// How the Azure context is explained, for every group that has one.
    pub context: Option<Generation>,
}

impl Scenario {
    /// The scenario of each of so many runs: run `i` has this seed + `i`.
    pub(crate) fn runs(&self, count: u32) -> impl Iterator<Item = Self> {
        (0..count).map(|run| self.run(run))
    }

    /// The scenario of run number `run` of many, counted from zero: with this seed + `run`.
    #[must_use]
    pub(crate) fn run(&self, run: u32) -> Self {
        let seed = self.seed.wrapping_add(run.into());
        Self {
            seed,
            ..self.clone()
        }
    }

    /// Changes what the command line asks to change.
    ///
    /// # Errors
    /// What was expected instead of an unknown client, of empty groups or of sizes for groups whose
    /// arrival says how many they are.
    pub(crate) fn apply(&mut self, overrides: &Overrides) -> Result<(), String> {
        self.seed = overrides.seed.unwrap_or(self.seed);
        if let Some(client) = &overrides.client {
            let client = self.policies.resolve(client)?;
            for group in &mut self.groups {
                group.give_client(&client, &self.context);
                group.check_through()?;
            }
        }
        if let Some(count) = overrides.count {
            let groups = self.groups.iter_mut().filter(|group| !group.background);
            for group in groups {
                group.resize(count)?;
            }
        }
        if let Some(generation) = &overrides.context {
            self.explain_context(generation)?;
        }
        check_size(&self.groups)
    }

    /// Gives one group this client.
    ///
    /// # Errors
    /// What was expected instead of an unknown client.
    pub(crate) fn give_client(&mut self, group: usize, client: &str) -> Result<(), String> {
        let client = self.policies.resolve(client)?;
        self.groups[group].give_client(&client, &self.context);
        Ok(())
    }

    fn explain_context(&mut self, generation: &Generation) -> Result<(), String> {
        if !self.has_context() {
            return Err("a scenario with an Azure context beside --context, and this one has none: a group has one by its key `context`, or by a client such as az-accounts-5.5.0".to_owned());
        }
        for group in &mut self.groups {
            if let Some(azure_context) = &mut group.azure_context {
                azure_context.generation.clone_from(generation);
            }
            group.cost_as_its_release();
        }
        Ok(())
    }

    /// When a run is ended whose last session is to start then.
    #[must_use]
    pub(crate) fn end(&self, last_start: Duration) -> Duration {
        let after = last_start.saturating_add(self.after_last_start());
        self.max_duration.unwrap_or(after)
    }

    /// How long after its last session began a run ends that has no `max_duration`. One that waits at a gate has not begun.
    #[must_use]
    pub(crate) fn after_last_start(&self) -> Duration {
        let awaited = self.groups.iter().filter(|group| !group.background);
        let idle = awaited.map(Group::idle).max();
        AFTER_LAST_START.saturating_add(idle.unwrap_or_default())
    }

    /// When a run is ended at the latest; none: that depends on chance, or on how long sessions wait at a gate.
    #[must_use]
    pub(crate) fn latest_end(&self) -> Option<Duration> {
        let last = |group: &Group| match group.gate() {
            None => group.arrival.last_start(group.count),
            Some(_) => None,
        };
        let starts: Option<Vec<Duration>> = self.groups.iter().map(last).collect();
        let last = starts.and_then(|starts| starts.into_iter().max());
        self.max_duration
            .or_else(|| last.map(|last| self.end(last)))
    }

    /// The policies that can be named: the scenario's own, and the presets.
    #[must_use]
    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// How many sessions a run waits for: those that are not in the background. Of a group that ends by
    /// time there may be more: its users are counted.
    #[must_use]
    pub(crate) fn awaited(&self) -> u32 {
        let awaited = self.groups.iter().filter(|group| !group.background);
        let of_group = |group: &Group| group.planned().unwrap_or_else(|| group.most_at_once());
        awaited.map(of_group).sum()
    }

    /// How many sessions there can be at once.
    #[must_use]
    pub(crate) fn most_at_once(&self) -> u32 {
        self.groups.iter().map(Group::most_at_once).sum()
    }

    /// How many sessions each group is to have; none: as many as its users begin in their time.
    pub(crate) fn planned(&self) -> impl Iterator<Item = Option<u32>> {
        self.groups.iter().map(Group::planned)
    }

    /// Whether any of its sessions has an Azure context.
    #[must_use]
    pub(crate) fn has_context(&self) -> bool {
        self.groups
            .iter()
            .any(|group| group.azure_context.is_some())
    }

    /// What there is in it, in a few words.
    #[must_use]
    pub(crate) fn in_short(&self) -> String {
        let counted = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        let sessions = counted(self.sessions() as usize, "session");
        let groups = counted(self.groups.len(), "group");
        let expectations = counted(self.expectations.len(), "expectation");
        let by_time = self.groups.iter().any(|group| group.planned().is_none());
        let up_to = if by_time { "up to " } else { "" };
        format!("{up_to}{sessions} in {groups}, {expectations}")
    }

    /// How many sessions there are in all groups, or may be.
    #[must_use]
    pub(crate) fn sessions(&self) -> u32 {
        self.groups
            .iter()
            .map(|group| group.everywhere(group.count))
            .sum()
    }
}

impl Group {
    /// The gate that they wait at before they begin, if they do.
    #[must_use]
    pub(crate) fn gate(&self) -> Option<&Gate> {
        self.through.as_ref()?.gate()
    }

    /// The policy of the broker that they ask in the place of IMDS, if they do.
    #[must_use]
    pub(crate) fn broker(&self) -> Option<&Arc<Policy>> {
        self.through.as_ref()?.broker()
    }

    /// The options of the client by which they get their tokens, if they do.
    #[must_use]
    pub(crate) fn client_options(&self) -> Option<ClientOptions> {
        self.through.as_ref()?.client()
    }

    /// Whether its script has a step for a token.
    #[must_use]
    pub(crate) fn asks_for_tokens(&self) -> bool {
        let kinds = Task::kinds(&self.script);
        kinds.into_iter().any(StepKind::is_for_token)
    }

    /// Whether its client can have these options.
    fn check_through(&self) -> Result<(), String> {
        let fits = self.azure_context.is_none() || self.client_options().is_none();
        fits.then_some(()).ok_or_else(|| NO_CONTEXT.to_owned())
    }

    /// How many sessions it is to have; none: as many as its users begin in their time.
    #[must_use]
    pub(crate) fn planned(&self) -> Option<u32> {
        let by_time = |closed: &Closed| closed.iterations.is_none();
        let by_time = self.arrival.closed().is_some_and(by_time);
        (!by_time).then_some(self.everywhere(self.count))
    }

    /// How many sessions are planned, or how many users where that is left to time.
    #[must_use]
    pub(crate) fn size_by_plan(&self) -> u32 {
        let users = || {
            self.arrival
                .closed()
                .map_or(self.count, |closed| closed.users)
        };
        let users = || self.everywhere(users());
        self.planned().unwrap_or_else(users)
    }

    /// How many of its sessions there can be at once.
    #[must_use]
    pub(crate) fn most_at_once(&self) -> u32 {
        let closed = self.arrival.closed();
        let on_one = closed.map_or(self.count, |closed| closed.users.min(self.count));
        self.everywhere(on_one)
    }

    /// How long one of its sessions thinks and works at the most, and the next waits at its gate for the rate of that.
    fn idle(&self) -> Duration {
        let interval = self.gate().and_then(Gate::interval);
        Task::pauses(&self.script).saturating_add(interval.unwrap_or_default())
    }

    /// Gives it another client, as if the scenario named that: with the Azure context that it brings along,
    /// unless the scenario names one. A script that needs one keeps what it has.
    fn give_client(&mut self, client: &Resolved, settings: &Arc<Settings>) {
        self.policy = Arc::clone(&client.policy);
        self.release.clone_from(&client.release);
        if !self.names_context {
            self.bring_context(client, settings);
        }
        self.cost_as_its_release();
    }

    /// Gives its sessions the costs of the release of Azure PowerShell that they have.
    fn cost_as_its_release(&mut self) {
        let context = self.azure_context.as_ref();
        let release = context.map(|_| PowerShell::of(self.powershell_release()));
        Arc::make_mut(&mut self.costs).set_powershell(release);
    }

    /// Gives it the Azure context that a client brings along.
    fn bring_context(&mut self, client: &Resolved, settings: &Arc<Settings>) {
        let needed = Task::need_context(&self.script);
        match (
            Brought::by(client).generation(needed),
            &mut self.azure_context,
        ) {
            (Some(generation), Some(azure_context)) => azure_context.generation = generation,
            (Some(generation), none) => *none = Some(AzureContext::of(generation, settings)),
            (None, some) if !needed => *some = None,
            (None, _) => {}
        }
        let powershell = self.azure_context.is_some();
        self.script = Task::in_context(&self.script, powershell);
    }

    /// The release of Azure PowerShell that its sessions have; none: they are of another client, or its number is not known.
    #[must_use]
    pub(crate) fn powershell_release(&self) -> Option<Version> {
        let context = self.azure_context.as_ref()?;
        context.release(self.release.as_ref())
    }

    /// Gives it another number of sessions.
    fn resize(&mut self, count: u32) -> Result<(), String> {
        if self.arrival.sessions().is_some() {
            let (name, kind) = (&self.name, self.arrival.kind());
            return Err(format!(
                "no other number of sessions for group \"{name}\", whose arrival ({kind}) says how many there are"
            ));
        }
        self.count = count;
        Ok(())
    }
}

/// Checks that each group has a session, and that the groups have not too many.
pub(super) fn check_size(groups: &[Group]) -> Result<(), String> {
    let everywhere = |group: &Group| u64::from(group.count) * u64::from(group.everywhere(1));
    let all: u64 = groups.iter().map(everywhere).sum();
    let fits = all <= MOST_SESSIONS.into() && groups.iter().all(|group| group.count > 0);
    fits.then_some(()).ok_or_else(|| {
        format!("1 session or more in each group, and {MOST_SESSIONS} at most in all")
    })
}

//! A scenario: one story of concurrent sessions on one VM, and what is expected of it.

mod arrivals;
mod contexts;
mod files;
mod groups;
mod herd;
mod kinds;
mod policies;
mod scripts;

use std::sync::Arc;
use std::time::Duration;

use imds_client::Policy;
use imds_emulator::Config;
use imds_emulator::document::{self, FriendlyDuration, Problems, Section};
use serde::Deserialize;
use serde_json::Value;

use crate::arrival::{Arrival, Closed};
use crate::context::{Profile, Settings, Version};
use crate::expect::Expectation;
use crate::record::{GroupRecord, Record};

use crate::result::RunResult;
use crate::script::Task;
use crate::startup::Startup;

use self::files::Files;

pub use self::files::{Unreadable, text};
pub use self::groups::MOST_SESSIONS;
pub use self::policies::Policies;

/// The version of the scenario format that this program reads.
pub const SCHEMA: u32 = 1;

/// How long a run may last unless the scenario says otherwise, as in k6's `maxDuration`.
pub const DEFAULT_MAX_DURATION: Duration = Duration::from_mins(10);

/// Everything a run needs to know. Made by [`Scenario::from_toml`], which checks it all.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What the story is called, in reports.
    pub name: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// Sessions that are not done by then are ended, and have failed.
    pub max_duration: Duration,
    /// The VM: its limits, service times and identities.
    pub imds: Config,
    /// The sessions, group by group.
    pub groups: Vec<Group>,
    /// What the result is held against.
    pub expectations: Vec<Expectation>,
    /// Of how many sessions the story is kept; the run decides, not the file.
    pub traces: u32,
    policies: Policies,
    /// What the profile holds when the run starts, and how processes wait for it.
    pub context: Arc<Settings>,
}

/// Sessions that are alike: one script, one client, one way to arrive.
#[derive(Clone, Debug)]
pub struct Group {
    /// What the group is called, in reports.
    pub name: String,
    /// How many sessions there are, at least one; of a closed group that ends by time, how many there
    /// may be at most.
    pub count: u32,
    /// When they start.
    pub arrival: Arrival,
    /// How their client retries.
    pub policy: Arc<Policy>,
    /// What each of them does.
    pub script: Arc<[Task]>,
    /// What a step that fails does to the script.
    pub on_error: OnError,
    /// What it costs a session to start, if anything.
    pub startup: Option<Startup>,
    /// How the sessions meet the Azure context in the user's profile; none: they have no context.
    pub profile: Option<Profile>,
    /// Whether the sessions are there only to be in the others' way: they begin their script again and
    /// again until the others have ended, and count apart from them.
    pub background: bool,
}

/// What a step that fails does to the script that it is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// It ends it.
    #[default]
    Stop,
    /// It goes on with the next step, as a PowerShell script does unless it says otherwise.
    Continue,
}

/// What a command line may change in a scenario.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// The seed.
    pub seed: Option<u64>,
    /// The preset or policy of every group.
    pub client: Option<String>,
    /// The size of every group that is not in the background.
    pub count: Option<u32>,
    /// How the Azure context is explained, for every group that has one.
    pub context: Option<Version>,
}

impl Scenario {
    /// Reads a scenario from the text of the file called `name`, and the recordings that it names from
    /// beside that file.
    ///
    /// # Errors
    /// All problems of the text at once, each with its line and what was expected there.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, Problems> {
        document::read(name, text, |root| read(root, &Files::of(name)))
    }

    /// The scenario as it is played so often: run `i` has this seed + `i`.
    pub fn runs(&self, count: u32) -> impl Iterator<Item = Self> {
        (0..count).map(|run| self.run(run))
    }

    /// The scenario as run number `run` of many plays it, counted from zero: with this seed + `run`.
    #[must_use]
    pub fn run(&self, run: u32) -> Self {
        let seed = self.seed.wrapping_add(run.into());
        Self {
            seed,
            ..self.clone()
        }
    }

    /// Changes what the command line asks to change.
    ///
    /// # Errors
    /// What was expected instead of an unknown client, of groups of nobody or of sizes for groups whose
    /// arrival says how many they are.
    pub fn apply(&mut self, overrides: &Overrides) -> Result<(), String> {
        self.seed = overrides.seed.unwrap_or(self.seed);
        if let Some(client) = &overrides.client {
            let policy = self.policies.find(client)?;
            let groups = self.groups.iter_mut();
            groups.for_each(|group| group.policy = Arc::clone(&policy));
        }
        if let Some(count) = overrides.count {
            let groups = self.groups.iter_mut().filter(|group| !group.background);
            for group in groups {
                group.resize(count)?;
            }
        }
        if let Some(version) = overrides.context {
            self.explain_context(version)?;
        }
        groups::check_size(&self.groups)
    }

    fn explain_context(&mut self, version: Version) -> Result<(), String> {
        let groups = self.groups.iter_mut();
        let mut profiles: Vec<_> = groups.filter_map(|group| group.profile.as_mut()).collect();
        if profiles.is_empty() {
            return Err("a scenario with an Azure context beside --context, and this one has none: a group has one by its key `context`".to_owned());
        }
        for profile in &mut profiles {
            profile.version = version;
        }
        Ok(())
    }

    /// The policies that can be named: the scenario's own, and the presets.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// How many sessions a run waits for: those that are not in the background. Of a group that ends by
    /// time there may be more: its users are counted.
    #[must_use]
    pub fn awaited(&self) -> u32 {
        let awaited = self.groups.iter().filter(|group| !group.background);
        let of_group = |group: &Group| group.planned().unwrap_or_else(|| group.most_at_once());
        awaited.map(of_group).sum()
    }

    /// How many sessions there can be at once.
    #[must_use]
    pub fn most_at_once(&self) -> u32 {
        self.groups.iter().map(Group::most_at_once).sum()
    }

    /// How many sessions each group had in a run.
    #[must_use]
    pub fn sizes(&self, record: &Record) -> Vec<u64> {
        let groups = self.groups.iter().zip(&record.groups);
        groups.map(|(group, counts)| group.size(counts)).collect()
    }

    /// What there is in it, in a few words.
    #[must_use]
    pub fn in_short(&self) -> String {
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
    pub fn sessions(&self) -> u32 {
        self.groups.iter().map(|group| group.count).sum()
    }
}

impl Group {
    /// How many sessions it is to have; none: as many as its users begin in their time.
    #[must_use]
    pub fn planned(&self) -> Option<u32> {
        let by_time = |closed: &Closed| closed.iterations.is_none();
        let by_time = self.arrival.closed().is_some_and(by_time);
        (!by_time).then_some(self.count)
    }

    /// How many sessions it had in a run of these counts; those that never started are among them.
    #[must_use]
    pub fn size(&self, counts: &GroupRecord) -> u64 {
        self.planned().map_or(counts.started, u64::from)
    }

    /// How many of its sessions there can be at once.
    #[must_use]
    pub fn most_at_once(&self) -> u32 {
        let closed = self.arrival.closed();
        closed.map_or(self.count, |closed| closed.users.min(self.count))
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

fn read(root: &mut Section, files: &Files) -> Option<Scenario> {
    if root
        .required::<u32>("schema")
        .is_some_and(|schema| schema != SCHEMA)
    {
        root.refuse(
            "schema",
            format_args!("expected {SCHEMA}, the only schema so far"),
        );
    }
    let name = root.required("name");
    let seed = root.optional("seed").unwrap_or_default();
    let max_duration = root
        .optional::<FriendlyDuration>("max_duration")
        .map_or(DEFAULT_MAX_DURATION, |l| l.0);
    let imds = read_imds(root);
    let policies = Policies::read(root);
    let settings = Arc::new(contexts::read(root, &imds));
    let (groups, announced) = groups::read(root, files, &imds, &policies, &settings);
    let complete = groups.len() == announced;
    let mut scenario = Scenario {
        name: name?,
        seed,
        max_duration,
        imds,
        groups,
        expectations: vec![],
        traces: 0,
        policies,
        context: settings,
    };
    scenario.expectations = read_expectations(root, complete.then_some(&scenario));
    Some(scenario)
}

/// The VM. Where it listens, and its seed, are the run's affair.
fn read_imds(root: &mut Section) -> Config {
    let Some(mut section) = root.section("imds") else {
        return Config::default();
    };
    for key in ["listen", "admin_listen", "seed"] {
        if section.has(key) {
            section.refuse(key, "not in a scenario: the run sets it");
        }
    }
    Config::read(&mut section)
}

/// Each path is looked up in the result of a run in which nothing happened, so that a misspelt one
/// is found before the run and not after it. Without all its groups a scenario has no such result,
/// and is refused anyway.
fn read_expectations(root: &mut Section, scenario: Option<&Scenario>) -> Vec<Expectation> {
    let Some(mut section) = root.section("expect") else {
        return vec![];
    };
    let nothing = scenario.map(RunResult::empty);
    let mut expectations = vec![];
    for path in section.keys() {
        let Some(text) = section.required::<String>(&path) else {
            continue;
        };
        match read_expectation(&path, &text, nothing.as_ref()) {
            Ok(expectation) => expectations.push(expectation),
            Err(expected) => section.refuse(&path, format_args!("expected {expected}")),
        }
    }
    expectations
}

fn read_expectation(
    path: &str,
    text: &str,
    nothing: Option<&Value>,
) -> Result<Expectation, String> {
    let expectation = Expectation::parse(path, text)?;
    nothing.map_or(Ok(()), |nothing| expectation.check_path(nothing))?;
    Ok(expectation)
}

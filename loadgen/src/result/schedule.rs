//! A schedule: when each job starts, as the answer of a plan has it. It is what every form of it that can be installed is
//! made of.

mod time_of_day;

use clap::ValueEnum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::time_of_day::TimeOfDay;

/// The version of the document.
pub(crate) const SCHEMA: u32 = 1;

/// The document of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Schedule {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// For what it was made: starts are as fine as that can have them.
    pub format: ScheduleFormat,
    /// When the first job starts: of the machine's local time, of UTC for `azure-automation`.
    pub at: TimeOfDay,
    /// The days on which the first job starts.
    pub days: Vec<Day>,
    /// From one start to the next at least, in milliseconds; null: the starts are random.
    pub interval_ms: Option<u64>,
    /// Each start is later than its job says by a random part of this, in milliseconds.
    pub random_delay_ms: u64,
    /// Whether it follows the number that holds whichever assumption is true, and not the answer for the scenario's own.
    pub safe: bool,
    /// The jobs, in the order of their starts.
    pub jobs: Vec<Job>,
    /// What simulations of exactly these starts came to.
    pub replayed: Replayed,
}

/// One job of a schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Job {
    /// Its name among all: the scenario, the group and its number, of characters that names of files and units may have.
    pub name: String,
    /// Its group.
    pub group: String,
    /// Its number in its group, from one on.
    pub number: u32,
    /// After the first start, in milliseconds.
    pub offset_ms: u64,
    /// When it starts.
    pub at: TimeOfDay,
    /// How many days after the first job's day that is.
    pub days_later: u32,
    /// What it runs; null: no command was named, as is possible in JSON alone.
    pub command: Option<String>,
}

/// What simulations of a schedule came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Replayed {
    /// How many, each with its own seed.
    pub runs: u32,
    /// The seed of the first; run i has this seed + i.
    pub seed: u64,
    /// Requests for tokens that were refused, of all runs.
    pub refused: u64,
    /// The share of sessions that failed.
    pub lost: f64,
    /// The share that failed where each start was early or late by up to one second, at random; null: not played, since
    /// the starts are random.
    pub lost_if_off_by_1s: Option<f64>,
}

/// What a schedule is written for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    ValueEnum,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[value(rename_all = "kebab-case")]
pub(crate) enum ScheduleFormat {
    /// Lines of a user's crontab: the minute, and a sleep for the rest.
    Crontab,
    /// A timer and a service for each job.
    Systemd,
    /// A task for each job, as XML; starts at whole seconds.
    #[serde(rename = "taskscheduler")]
    #[value(name = "taskscheduler")]
    TaskScheduler,
    /// A template of Azure Resource Manager for runbooks on a hybrid worker.
    AzureAutomation,
    /// The schedule itself.
    Json,
}

/// A day of the week.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    ValueEnum,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    /// All of them, from Monday on.
    pub(crate) const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// Its name in full, in English.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mon => "Monday",
            Self::Tue => "Tuesday",
            Self::Wed => "Wednesday",
            Self::Thu => "Thursday",
            Self::Fri => "Friday",
            Self::Sat => "Saturday",
            Self::Sun => "Sunday",
        }
    }

    /// As it is written on the command line.
    pub(crate) fn short(self) -> String {
        written(&self)
    }

    fn later(self, days: u32) -> Self {
        Self::ALL[(self as usize + days as usize) % Self::ALL.len()]
    }
}

impl ScheduleFormat {
    /// As it is written on the command line.
    pub(crate) fn name(self) -> String {
        written(&self)
    }

    /// The finest difference between two starts, in milliseconds. Task Scheduler's times are documented to the second.
    pub(crate) fn grain_ms(self) -> u64 {
        match self {
            Self::TaskScheduler => 1000,
            Self::Crontab | Self::Systemd | Self::AzureAutomation | Self::Json => 1,
        }
    }
}

/// A value as it is written on the command line.
fn written(value: &impl ValueEnum) -> String {
    let written = value.to_possible_value();
    written.expect("none is hidden").get_name().to_owned()
}

impl Schedule {
    /// The days on which something starts that is so many days later than the first job, from Monday on; none: every day.
    pub(crate) fn weekdays(&self, days_later: u32) -> Option<Vec<Day>> {
        let mut days: Vec<Day> = self.days.iter().map(|day| day.later(days_later)).collect();
        days.sort_unstable();
        days.dedup();
        (days.len() < Day::ALL.len()).then_some(days)
    }
}

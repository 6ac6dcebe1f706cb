//! The document of `import`: what was made of a schedule, and its worst minute.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::remedies::Remedies;

/// The version of the document.
pub(crate) const SCHEMA: u32 = 1;

/// The document of `import`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Imported {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// What was read: `crontab`, `csv` or `systemd-timers`.
    pub format: String,
    /// The time zone of the days, and of jobs without one of their own.
    pub zone: String,
    /// When the scenario begins, in RFC 3339.
    pub begins: String,
    /// How many days it has.
    pub days: u32,
    /// How many jobs there are that were not skipped.
    pub jobs: usize,
    /// How many were skipped by `--skip`.
    pub skipped: usize,
    /// How many sessions start in these days.
    pub starts: u64,
    /// How many of them fail, in one simulation.
    pub failed: u64,
    /// The seed of that simulation.
    pub seed: u64,
    /// The sessions by client and random delay.
    pub groups: Vec<ImportedGroup>,
    /// The minute in which most of the sessions that fail start; where none fails, that in which most start. The earliest of
    /// several.
    pub worst: Minute,
    /// The minute in which most sessions start.
    pub most_starts: Busy,
    /// The minute in which the session starts that waits longest for its token; null: no session gets one.
    pub longest_wait: Option<Busy>,
    /// The file of the scenario; null: it was printed.
    pub file: Option<String>,
    /// Whether the scenario that was written is of the worst minute alone.
    pub worst_alone: bool,
    /// What was assumed.
    pub notes: Vec<String>,
    /// What each remedy does to the sessions of the worst minute; null: not asked for.
    pub remedies: Option<Remedies>,
    /// The command that makes the same again.
    pub replay: String,
}

/// Sessions of one client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ImportedGroup {
    /// Its name in the scenario.
    pub name: String,
    /// The policy that models the client.
    pub client: String,
    /// How many jobs it has.
    pub jobs: usize,
    /// How many sessions.
    pub starts: u64,
    /// Each start is late by a random part of this, in milliseconds.
    pub random_delay_ms: f64,
}

/// The worst minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Minute {
    /// What there is in it.
    #[serde(flatten)]
    pub busy: Busy,
    /// The jobs that start in it, or may with their random delay, in the order of their places.
    pub jobs: Vec<MinuteJob>,
}

/// A minute, by its figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Busy {
    /// When it begins, in RFC 3339.
    pub begins: String,
    /// How many sessions start in it, the random delay included, in one simulation.
    pub starts: u64,
    /// How many of them fail.
    pub failed: u64,
    /// The longest time from the start of one of them to its token, in milliseconds; null: none gets one.
    pub longest_token_ms: Option<f64>,
}

/// A job of a minute.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MinuteJob {
    /// Its file and line.
    pub place: String,
    /// The policy that models its client.
    pub client: String,
    /// How many sessions it starts in this minute, or may with its random delay.
    pub starts: u64,
    /// What it runs.
    pub command: String,
}

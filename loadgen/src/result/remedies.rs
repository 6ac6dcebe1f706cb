//! The document of `remedies`: what each remedy does to a scenario's sessions, the best first.

mod kind;
pub(crate) mod rank;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::RestsOn;
use super::reading::{self, ReadError};

pub(crate) use self::kind::{Change, Kind};

/// The version of the document.
pub(crate) const SCHEMA: u32 = 1;

/// The document of `remedies`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Remedies {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// How many sessions a run waits for, with nothing changed: those that are not in the background; the median of the runs,
    /// where time decides how many there are.
    pub sessions: u64,
    /// Their clients, as the scenario has them.
    pub clients: Vec<String>,
    /// The seed of the first run of each row; run i has this seed + i.
    pub seed: u64,
    /// How many runs each row has.
    pub runs: u32,
    /// A remedy holds if all sessions succeed in this share of its runs, or a greater one.
    pub share: f64,
    /// The command that makes the same again.
    pub replay: String,
    /// The remedy that is recommended: the first row that holds; null: none does.
    pub recommended: Option<Kind>,
    /// First those that hold: the least change first, where that is the same the one that depends on the fewest values of
    /// assumptions, and then the one whose last session is done first, its work included. Then those that do not hold, by the share of sessions
    /// that succeed, and at last those that cannot be applied.
    pub rows: Vec<Row>,
    /// What all of this rests on.
    pub assumptions: Vec<RestsOn>,
}

/// One remedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Row {
    /// Which.
    pub remedy: Kind,
    /// What was played: the first of the remedy's settings that holds, or the best one. Empty where the remedy can be applied to no
    /// group.
    pub setting: String,
    /// Where something has to be changed.
    pub change: Change,
    /// What has to be changed, in words.
    pub to_change: String,
    /// The groups that stay as they are, each with the reason.
    pub left_out: BTreeMap<String, String>,
    /// The groups that went through another remedy, whose place this one takes, each with that other.
    pub in_place_of: BTreeMap<String, String>,
    /// What came of it; null: it can be applied to no group.
    pub outcome: Option<Outcome>,
    /// The assumptions with another value of which it holds although it does not, or the other way round.
    pub depends_on: Vec<Dependence>,
}

/// What the runs of a row came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Outcome {
    /// Whether all sessions succeed in as large a share of the runs as is wanted.
    pub holds: bool,
    /// In which share of the runs all sessions succeeded.
    pub share: f64,
    /// How many sessions a run waits for: the median of the runs. Where time decides how many there are, rows differ.
    pub sessions: u64,
    /// How many of them succeeded: the median of the runs.
    pub succeeded: u64,
    /// The fewest.
    pub succeeded_least: u64,
    /// The share of all sessions of all runs that succeeded.
    pub success_ratio: f64,
    /// From the first intended start to the last token, which may be that of the last session that got one: the median;
    /// null: in half of the runs there was no token.
    pub last_token_ms: Option<f64>,
    /// From the first intended start to the end of the last session that succeeded, its work included: the median; null: in
    /// half of the runs none succeeded.
    pub last_done_ms: Option<f64>,
    /// How many requests for tokens IMDS gets of these sessions: the median; null: none of them asks for a token.
    pub requests: Option<u64>,
}

/// An assumption that decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Dependence {
    /// Its name, as in `--vary NAME=VALUES`.
    pub assumption: String,
    /// The other value.
    pub value: String,
    /// In which share of the runs all sessions succeed then.
    pub share: f64,
}

impl Remedies {
    /// Reads remedies from the text of the file called `name`.
    ///
    /// # Errors
    /// If the text is none, or of another version.
    pub(crate) fn from_json(name: &str, text: &str) -> Result<Self, ReadError> {
        reading::read(name, text, "a remedies.json of `remedies`", SCHEMA)
    }

    /// The row of a remedy.
    pub(crate) fn row(&self, remedy: Kind) -> Option<&Row> {
        self.rows.iter().find(|row| row.remedy == remedy)
    }

    /// The row that is recommended.
    pub(crate) fn best(&self) -> Option<&Row> {
        self.row(self.recommended?)
    }
}

impl Row {
    /// Whether it is known to hold.
    #[must_use]
    pub(crate) fn holds(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.holds)
    }
}

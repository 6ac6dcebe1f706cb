//! A shard: a part of many runs, played on its own. `merge` makes of all shards what the undivided runs give.

pub(crate) mod merging;
pub(crate) mod part;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::result::command_line::CommandLine;
use crate::result::identity::{VERSION, digest};
use crate::result::reading::{self, ReadError};
use crate::result::shard::part::Part;
use crate::result::summary::failing::Cause;
use crate::result::summary::{Subject, SummedRun};
use crate::scenario::definition::Scenario;

/// The version of the shard document.
const SCHEMA: u32 = 1;

/// The most runs that are played and summed up in one go.
pub(crate) const MOST_RUNS: u32 = 100_000;

/// A part of many runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Shard {
    /// The version of this document.
    pub schema: u32,
    /// Which of the shards this is, from 1.
    pub index: u32,
    /// What it is a part of: the same in all shards.
    pub of: Whole,
    /// The most frequent failures of its runs, each with the first run that has it, in the order of groups and kinds.
    pub failures: Vec<FirstFailure>,
    /// Its runs in the order of their seeds.
    pub runs: Vec<SummedRun>,
}

/// What a shard is a part of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Whole {
    /// The version of the program.
    pub version: String,
    /// The processor, system and C library that the program was built for: log-normal times use their floating point.
    pub platform: String,
    /// How many runs all shards have together.
    pub runs: u32,
    /// How many shards there are.
    pub shards: u32,
    /// SHA-256 of the scenario as it was read and changed, with all that it names, in hexadecimal digits.
    pub scenario_sha256: String,
    /// What the commands that repeat runs name.
    pub command: CommandLine,
    /// What the runs are of, and what is taken of each.
    pub subject: Subject,
}

/// The first run of a shard in which this failure was the most frequent one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FirstFailure {
    /// The failure.
    #[serde(flatten)]
    pub cause: Cause,
    /// The seed of the run.
    pub seed: u64,
    /// What to change for that run, in words; null: that is not known.
    pub to_change: Option<String>,
}

impl Shard {
    /// The part of this whole, which has been played.
    #[must_use]
    pub(crate) fn new(
        part: Part,
        of: Whole,
        failures: Vec<FirstFailure>,
        runs: Vec<SummedRun>,
    ) -> Self {
        Self {
            schema: SCHEMA,
            index: part.index,
            of,
            failures,
            runs,
        }
    }

    /// Which part of the whole it is.
    #[must_use]
    pub(crate) fn part(&self) -> Part {
        Part {
            index: self.index,
            of: self.of.shards,
        }
    }

    /// Reads a shard from the text of the file called `name`. Keys that it does not know are left alone.
    ///
    /// # Errors
    /// If the text is no shard, or one of another version.
    pub(crate) fn from_json(name: &str, text: &str) -> Result<Self, ReadError> {
        let kind = "a shard of `simulate --runs N --shard i/M`";
        reading::read(name, text, kind, SCHEMA)
    }
}

impl Whole {
    /// So many runs of a scenario in so many shards, played by this program on its platform.
    #[must_use]
    pub(crate) fn new(
        scenario: &Scenario,
        platform: String,
        (runs, shards): (u32, u32),
        command: CommandLine,
        subject: Subject,
    ) -> Self {
        Self {
            version: VERSION.to_owned(),
            platform,
            runs,
            shards,
            scenario_sha256: digest(scenario),
            command,
            subject,
        }
    }
}

/// The seed of the first run with each most frequent failure, of runs in the order of their seeds.
#[must_use]
pub(crate) fn first_of_each(runs: &[SummedRun]) -> BTreeMap<&Cause, u64> {
    let mut first = BTreeMap::new();
    for run in runs {
        if let Some(cause) = &run.cause {
            first.entry(cause).or_insert(run.badness.seed);
        }
    }
    first
}

#[cfg(test)]
mod tests;

//! The command that repeats a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::shell::quoted;

/// A scenario, and what the command line changed in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CommandLine {
    /// The scenario's file or name, as it was given.
    pub scenario: String,
    /// The client of every group, if `--client` gave one.
    pub client: Option<String>,
    /// How the Azure context was explained, if `--context` said so.
    pub context: Option<String>,
    /// How many sessions every group had, if `--count` said so.
    pub count: Option<u32>,
}

impl CommandLine {
    /// The command that repeats the run: `verb` is `run` or `simulate`; or `explain`, which repeats it in virtual time.
    #[must_use]
    pub(crate) fn with(&self, verb: &str, seed: u64) -> String {
        let scenario = quoted(&self.scenario);
        let mut command = vec![format!("imds-loadgen {verb} {scenario} --seed {seed}")];
        if let Some(client) = &self.client {
            command.push(format!("--client {}", quoted(client)));
        }
        if let Some(context) = &self.context {
            command.push(format!("--context {}", quoted(context)));
        }
        if let Some(count) = self.count {
            command.push(format!("--count {count}"));
        }
        command.join(" ")
    }

    /// The command that plays so many runs.
    #[must_use]
    pub(crate) fn many(&self, first_seed: u64, runs: u32) -> String {
        format!("{} --runs {runs}", self.with("simulate", first_seed))
    }
}

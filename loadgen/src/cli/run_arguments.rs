//! What `run` and `simulate` share: their scenario, and how the command line changes it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::publishing::Publishing;
use crate::result::command_line::CommandLine;
use crate::result::scenario::from_toml;
use crate::scenario::context::Generation;
use crate::scenario::definition::{Overrides, Scenario};
use crate::scenario::files;

/// What to play, and what to make of it.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The scenario: a TOML file, or a name of the library (see `scenarios`).
    pub scenario: PathBuf,
    /// Take this seed, not the scenario's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Give every group this client: a preset, or a policy of the scenario. A release of Az.Accounts
    /// brings its Azure context along where the scenario names none.
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// Give every group this many sessions.
    #[arg(long, value_name = "N")]
    pub count: Option<u32>,
    /// Explain the Azure context of every group that has one so: by a release of Az.Accounts, as
    /// az-accounts-2.12.1, by the newest that was measured, as current, or as the article does, as article.
    #[arg(long, value_parser = generation, value_name = "NAME")]
    pub context: Option<Generation>,
    /// Do not judge the result.
    #[arg(long)]
    pub no_expectations: bool,
    /// Keep the stories of at most N sessions in the result; of more the seed chooses them.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub traces: u32,
    /// What to make of the result.
    #[command(flatten)]
    pub publishing: Publishing,
}

impl RunArguments {
    /// The scenario, as the command line changes it.
    pub(super) fn load(&self) -> Result<Scenario, Failure> {
        let mut scenario = changed(&self.scenario, &self.overrides())?;
        scenario.traces = self.traces;
        if self.no_expectations {
            scenario.expectations.clear();
        }
        Ok(scenario)
    }

    /// What the command line changes in the scenario.
    fn overrides(&self) -> Overrides {
        Overrides {
            seed: self.seed,
            client: self.client.clone(),
            count: self.count,
            context: self.context.clone(),
        }
    }

    /// The command that repeats the run: `verb` is `run` or `simulate`; or `explain`, which repeats it in virtual time.
    pub(super) fn replay(&self, verb: &str, seed: u64) -> String {
        self.command_line().with(verb, seed)
    }

    /// What commands that repeat the run name.
    pub(super) fn command_line(&self) -> CommandLine {
        CommandLine {
            scenario: self.scenario.display().to_string(),
            client: self.client.clone(),
            context: self.context.as_ref().map(|context| context.name.clone()),
            count: self.count,
        }
    }
}

/// The scenario in this file, or of this name, as a command line changes it.
pub(super) fn changed(path: &Path, overrides: &Overrides) -> Result<Scenario, Failure> {
    let text = text_of(path)?;
    let scenario = from_toml(&path.display().to_string(), &text);
    let mut scenario = scenario.map_err(Failure::usage)?;
    let applied = scenario.apply(overrides);
    applied.map_err(|expected| Failure::expected(&expected))?;
    Ok(scenario)
}

/// The text of the scenario in this file, or of this name.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    files::text(path).map_err(Failure::no_scenario)
}

pub(super) fn generation(name: &str) -> Result<Generation, String> {
    Generation::named(name).map_err(|expected| format!("expected {expected}"))
}

//! `imds-loadgen scenario check`: reads scenarios and runs nothing.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::{Args, Subcommand};

use super::failure::Failure;
use super::run_arguments::text_of;
use crate::report::console::Console;
use crate::result::scenario::from_toml;
use crate::result::verdict::Verdict;

/// `scenario`
#[derive(Debug, Args)]
pub(super) struct ScenarioArguments {
    /// What to do with it.
    #[command(subcommand)]
    pub command: ScenarioCommand,
}

/// What to do with a scenario.
#[derive(Debug, Subcommand)]
pub(super) enum ScenarioCommand {
    /// Read scenarios and tell all their mistakes, each with its line; play nothing.
    Check {
        /// TOML files, or names of the library.
        #[arg(required = true)]
        scenarios: Vec<PathBuf>,
    },
}

impl ScenarioArguments {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let ScenarioCommand::Check { scenarios } = &self.command;
        check(scenarios, console)
    }
}

/// Reads all of them before it fails, so that every mistake is reported.
fn check(scenarios: &[PathBuf], console: &mut Console) -> Result<Verdict, Failure> {
    let (mut right, mut wrong) = (vec![], vec![]);
    for path in scenarios {
        let name = path.display().to_string();
        match from_toml(&name, &text_of(path)?) {
            Ok(scenario) => right.push(format!("{name}: right, {}\n", scenario.in_short())),
            Err(problems) => wrong.push(problems.to_string()),
        }
    }
    console
        .print(&right.concat())
        .map_err(Failure::not_printed)?;
    if wrong.is_empty() {
        return Ok(Verdict::Passed);
    }
    Err(Failure::Usage(anyhow!(wrong.join("\n"))))
}

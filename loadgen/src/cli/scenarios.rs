//! `imds-loadgen scenarios`: the library of scenarios, and what can be done with one without playing it.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use toml::Table;

use super::failure::Failure;
use super::run_arguments::text_of;
use crate::report::console::Console;
use crate::result::scenario::from_toml;
use crate::result::verdict::Verdict;
use crate::scenario::library;

/// `scenarios`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(super) struct Scenarios {
    /// Print this one of the library, to make another of it.
    pub name: Option<String>,
    /// What to do with a scenario.
    #[command(subcommand)]
    pub command: Option<ScenariosCommand>,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen scenarios
  imds-loadgen scenarios scheduled-jobs >mine.toml
  imds-loadgen scenarios check mine.toml
  imds-loadgen scenarios config scheduled-jobs >vm.toml    # for imds-emulator serve --config vm.toml";

/// What to do with a scenario.
#[derive(Debug, Subcommand)]
pub(super) enum ScenariosCommand {
    /// Read scenarios and report all their mistakes, each with its line; play nothing.
    #[command(after_help = "Example: imds-loadgen scenarios check mine.toml herd")]
    Check {
        /// TOML files, or names of the library.
        #[arg(required = true)]
        scenarios: Vec<PathBuf>,
    },
    /// Print the VM of a scenario, its `[imds]`, as a configuration of the emulator.
    #[command(
        after_help = "Example: imds-loadgen scenarios config scheduled-jobs >vm.toml; imds-emulator serve --config vm.toml"
    )]
    Config {
        /// A TOML file, or a name of the library.
        scenario: PathBuf,
    },
}

impl Scenarios {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let text = match (&self.command, &self.name) {
            (Some(ScenariosCommand::Check { scenarios }), _) => return check(scenarios, console),
            (Some(ScenariosCommand::Config { scenario }), _) => config(scenario)?,
            (None, Some(name)) => {
                let entry = library::find(name).map(|entry| entry.text.to_owned());
                let meant = library::meant(name);
                let expected =
                    || Failure::expected(&format!("a name of the library, not {name}: {meant}"));
                entry.ok_or_else(expected)?
            }
            (None, None) => library::list(),
        };
        console.print(&text).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }
}

/// Reads all of them before it fails, so that every mistake is reported.
fn check(scenarios: &[PathBuf], console: &mut Console) -> Result<Verdict, Failure> {
    let (mut right, mut wrong) = (vec![], vec![]);
    for path in scenarios {
        let name = path.display().to_string();
        match from_toml(&name, &text_of(path)?) {
            Ok(scenario) => right.push(format!("{name}: OK, {}\n", scenario.in_short())),
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

/// The scenario's `[imds]`; where it has none, the VM is the default one.
fn config(path: &Path) -> Result<String, Failure> {
    let (name, text) = (path.display().to_string(), text_of(path)?);
    let read = from_toml(&name, &text).map_err(Failure::usage)?;
    let one_vm = read.check_one_vm("the configuration is that of one VM");
    one_vm.map_err(|expected| Failure::expected(&expected))?;
    let scenario: Table = text.parse().map_err(Failure::usage)?;
    let imds = scenario.get("imds").and_then(|imds| imds.as_table());
    let settings = imds.map_or(String::new(), |imds| format!("{imds}\n"));
    Ok(format!(
        "# The VM of the scenario {name}, for imds-emulator serve --config FILE\n{settings}"
    ))
}

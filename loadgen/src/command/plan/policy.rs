//! `plan policy`: which retry policy serves herds best.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use imds_client::{Policy, user_file};
use imds_emulator::document;

use super::board::{Board, compare};
use super::case::PolicyCase;
use super::failure::PlanError;
use super::format::PlanFormat;
use super::grid::Grid;
use super::table;
use crate::report;
use crate::report::console::Console;
use crate::report::progress::Steps;
use crate::result::scenario::from_toml;
use crate::scenario::files;
use crate::scenario::policies::Policies;

/// `plan policy`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PolicyArguments {
    /// Compare in this scenario, not on a grid.
    #[arg(conflicts_with = "grid")]
    pub scenario: Option<PathBuf>,
    /// Compare on this grid, a TOML file; by default on the built-in one (see --show-grid).
    #[arg(long, value_name = "FILE")]
    pub grid: Option<PathBuf>,
    /// Print the built-in grid, to start a grid of one's own from.
    #[arg(long, exclusive = true)]
    pub show_grid: bool,
    /// A policy to compare, a preset or one of the files'; may be repeated. By default all of them.
    #[arg(long = "policy", value_name = "NAME")]
    pub policies: Vec<String>,
    /// A file with more policies, as [policies.NAME].
    #[arg(long, value_name = "FILE")]
    pub policy_file: Option<PathBuf>,
    /// Only the VMs of this family of the grid; may be repeated.
    #[arg(long = "family", value_name = "NAME", conflicts_with = "scenario")]
    pub families: Vec<String>,
    /// Only herds of these sizes, such as 50,1000.
    #[arg(long, value_name = "N,…", value_delimiter = ',', conflicts_with = "scenario", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub herds: Vec<u32>,
    /// Play each case this many times; by default as the grid says, and a scenario 20 times.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: Option<u32>,
    /// The seed of the first run of each case, not the grid's or the scenario's.
    #[arg(long)]
    pub seed: Option<u64>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen plan policy --policy proportional --policy azure-cli
  imds-loadgen plan policy herd --policy azure-cli";

/// The number of runs of a scenario by default.
const SCENARIO_RUNS: u32 = 20;

impl PolicyArguments {
    /// The text to print.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn run(&self, console: &Console) -> Result<String, PlanError> {
        if self.show_grid {
            return Ok(Grid::BUILT_IN.to_owned());
        }
        let comparison = match &self.scenario {
            Some(path) => self.in_scenario(path)?,
            None => self.on_grid()?,
        };
        let policies = self.candidates(comparison.policies)?;
        let progress = console.progress(self.quiet, || {
            Steps::new(comparison.cases.len() * policies.len())
        });
        let done = || progress.iter().for_each(Steps::one_more);
        let board = compare(
            &comparison.name,
            &comparison.cases,
            &policies,
            comparison.seed,
            done,
        )?;
        drop(progress);
        Ok(self.rendered(&board))
    }

    fn in_scenario(&self, path: &Path) -> Result<PolicyComparison, PlanError> {
        let text = files::text(path)?;
        let scenario = from_toml(&path.display().to_string(), &text)?;
        let one_vm = scenario.check_one_vm("policies are compared on one VM");
        one_vm.map_err(PlanError::Expected)?;
        Ok(PolicyComparison {
            name: scenario.name.clone(),
            seed: self.seed.unwrap_or(scenario.seed),
            policies: scenario.policies().clone(),
            cases: vec![PolicyCase::of(scenario, self.runs.unwrap_or(SCENARIO_RUNS))],
        })
    }

    fn on_grid(&self) -> Result<PolicyComparison, PlanError> {
        let mut grid = match &self.grid {
            Some(path) => Grid::from_toml(&path.display().to_string(), &read(path)?)?,
            None => Grid::from_toml("built-in grid", Grid::BUILT_IN)?,
        };
        self.narrow(&mut grid)?;
        Ok(PolicyComparison {
            name: grid.name.clone(),
            seed: self.seed.unwrap_or(grid.seed),
            policies: grid.policies().clone(),
            cases: grid.cases(),
        })
    }

    fn narrow(&self, grid: &mut Grid) -> Result<(), PlanError> {
        if let Some(runs) = self.runs {
            (grid.runs, grid.large) = (runs, None);
        }
        if !self.herds.is_empty() {
            grid.herds.clone_from(&self.herds);
        }
        if self.families.is_empty() {
            return Ok(());
        }
        let known: Vec<String> = grid.vms.iter().map(|vm| vm.family.clone()).collect();
        if let Some(unknown) = self.families.iter().find(|family| !known.contains(family)) {
            let mut known = known;
            known.dedup();
            let known = known.join(", ");
            return Err(PlanError::Expected(format!(
                "a family, one of {known}, not \"{unknown}\""
            )));
        }
        grid.vms.retain(|vm| self.families.contains(&vm.family));
        Ok(())
    }

    fn candidates(&self, mut known: Policies) -> Result<Vec<Arc<Policy>>, PlanError> {
        if let Some(path) = &self.policy_file {
            let text = read(path)?;
            known.extend(document::read(
                &path.display().to_string(),
                &text,
                |root| Some(Policies::read(root)),
            )?);
        }
        if self.policies.is_empty() {
            return Ok(known.all().cloned().collect());
        }
        let named = self.policies.iter().map(|name| known.find(name));
        named.collect::<Result<_, _>>().map_err(PlanError::Expected)
    }

    fn rendered(&self, board: &Board) -> String {
        match self.format {
            PlanFormat::Text => table::text(board),
            PlanFormat::Markdown => table::markdown(board),
            PlanFormat::Csv => table::csv(board),
            PlanFormat::Json => report::json(board),
        }
    }
}

/// The policies of a comparison and its cases.
struct PolicyComparison {
    name: String,
    seed: u64,
    policies: Policies,
    cases: Vec<PolicyCase>,
}

fn read(path: &Path) -> Result<String, PlanError> {
    user_file::read(path, user_file::LONGEST).map_err(|source| PlanError::Unreadable {
        path: path.to_owned(),
        source,
    })
}

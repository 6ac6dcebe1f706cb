//! The arguments of `imds-loadgen plan`.

use clap::Subcommand;

use super::failure::PlanError;
use super::grid::Grid;
use super::policy::PolicyArguments;
use super::threshold::{SessionsArguments, SpreadArguments};
use crate::report::console::Console;

/// What to search for.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanArguments {
    /// Which retry policy serves herds best, on a grid of VMs or in one scenario.
    Policy(PolicyArguments),
    /// The most sessions of a group with which a scenario still is as it should be.
    Sessions(SessionsArguments),
    /// The least spread of a herd with which a scenario is as it should be.
    Spread(SpreadArguments),
}

impl PlanArguments {
    /// The text to print. The console shows the progress.
    ///
    /// # Errors
    /// Why there is none; nothing was printed then.
    pub(crate) fn run(&self, console: &Console) -> Result<String, PlanError> {
        match self {
            Self::Policy(arguments) if arguments.show_grid => Ok(Grid::BUILT_IN.to_owned()),
            Self::Policy(arguments) => arguments.run(console),
            Self::Sessions(arguments) => arguments.run(console),
            Self::Spread(arguments) => arguments.run(console),
        }
    }
}

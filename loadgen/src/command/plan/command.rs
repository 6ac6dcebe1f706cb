//! `imds-loadgen plan`: what can be asked.

use clap::Subcommand;

use super::failure::PlanError;
use super::grid::Grid;
use super::policy::PolicyArguments;
use super::threshold::{SessionsArguments, SpreadArguments};

/// What to search for.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Which retry policy serves herds best, on a grid of VMs or in one scenario.
    Policy(PolicyArguments),
    /// The most sessions of a group with which a scenario still is as it should be.
    Sessions(SessionsArguments),
    /// The least spread of a herd with which a scenario is as it should be.
    Spread(SpreadArguments),
}

/// The answer, as it is to be printed.
///
/// # Errors
/// Why there is none; nothing was printed then.
pub fn run(plan: &Plan) -> Result<String, PlanError> {
    match plan {
        Plan::Policy(arguments) if arguments.show_grid => Ok(Grid::BUILT_IN.to_owned()),
        Plan::Policy(arguments) => arguments.run(),
        Plan::Sessions(arguments) => arguments.run(),
        Plan::Spread(arguments) => arguments.run(),
    }
}

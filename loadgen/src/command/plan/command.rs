//! The arguments of `imds-loadgen plan`.

use clap::Subcommand;

use super::arguments::{
    IntervalArguments, RateArguments, SearchArguments, SessionsArguments, SpreadArguments,
};
use super::failure::PlanError;
use super::policy::PolicyArguments;
use crate::report::console::Console;
use crate::result::plan::Answer;

/// What to search for.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanArguments {
    /// Which retry policy serves herds best, on a grid of VMs or in one scenario.
    Policy(PolicyArguments),
    /// The most sessions with which a scenario is as required.
    #[command(
        after_help = "Example: imds-loadgen plan sessions --client azure-powershell --service 100ms --require 'within(60s) >= 0.999'"
    )]
    Sessions(SessionsArguments),
    /// The least random spread of a herd with which it is as required.
    #[command(after_help = "Examples:
  imds-loadgen plan spread --client azure-cli --count 50 --require 'within(60s) >= 0.98'
  imds-loadgen plan spread --client azure-cli --count 50 --require 'within(60s) >= 0.98' \\
    --emit systemd --at 02:00 --command '/opt/jobs/run.sh {n}' --out plan")]
    Spread(SpreadArguments),
    /// The least time from one start to the next, evenly spaced, with which it is as required.
    #[command(after_help = "Examples:
  imds-loadgen plan interval --client azure-cli --count 50 --require 'within(60s) >= 0.999'
  imds-loadgen plan interval --client azure-cli --count 50 --require 'within(60s) >= 0.999' \\
    --emit crontab --at 02:00 --command '/opt/jobs/run.sh {n}' --out plan")]
    Interval(IntervalArguments),
    /// The most starts a second, evenly spaced, with which it is as required.
    #[command(
        after_help = "Example: imds-loadgen plan rate --client azure-cli --count 500 --require 'within(60s) >= 0.999'"
    )]
    Rate(RateArguments),
}

/// A question whose answer is a number.
pub(crate) enum Asked<'a> {
    Sessions(&'a SessionsArguments),
    Spread(&'a SpreadArguments),
    Interval(&'a IntervalArguments),
    Rate(&'a RateArguments),
}

impl Asked<'_> {
    /// What all of these are told.
    pub(crate) fn common(&self) -> &SearchArguments {
        match self {
            Self::Sessions(arguments) => &arguments.common,
            Self::Spread(arguments) => &arguments.common,
            Self::Interval(arguments) => &arguments.common,
            Self::Rate(arguments) => &arguments.common,
        }
    }

    /// The answer, without its replay line. The console shows the progress.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn answer(&self, console: &Console) -> Result<Answer, PlanError> {
        match self {
            Self::Sessions(arguments) => arguments.answer(console),
            Self::Spread(arguments) => arguments.answer(console),
            Self::Interval(arguments) => arguments.answer(console),
            Self::Rate(arguments) => arguments.answer(console),
        }
    }
}

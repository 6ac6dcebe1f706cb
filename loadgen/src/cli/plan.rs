//! `imds-loadgen plan`: a search in virtual time.

use super::failure::Failure;
use crate::command::plan::command::PlanArguments;
use crate::command::plan::failure::PlanError;
use crate::report::console::Console;
use crate::result::verdict::Verdict;

pub(super) fn run(plan: &PlanArguments, console: &mut Console) -> Result<Verdict, Failure> {
    let answer = plan.run(console).map_err(|error| match error {
        PlanError::Unreadable { .. } | PlanError::Scenario(_) => Failure::could_not_run(error),
        _ => Failure::usage(error),
    })?;
    console.print(&answer).map_err(Failure::not_printed)?;
    Ok(Verdict::Passed)
}

//! `imds-loadgen check`: any command graded as a client of IMDS.

use super::failure::Failure;
use crate::command::check::command::{Check, CheckError, CheckFormat};
use crate::report::console::Console;
use crate::report::reader::Reader;
use crate::result::verdict::Verdict;

pub(super) fn run(check: &Check, console: &mut Console) -> Result<Verdict, Failure> {
    let (text, verdict) = check.run(console).map_err(|error| match error {
        CheckError::Mistakes(_) | CheckError::Expected(_) => Failure::usage(error),
        _ => Failure::could_not_run(error),
    })?;
    let reader = match check.format {
        CheckFormat::Junit => Reader::Program,
        _ => Reader::Person,
    };
    let printed = console.print_result(&text, reader);
    printed.map_err(Failure::not_printed)?;
    Ok(verdict)
}

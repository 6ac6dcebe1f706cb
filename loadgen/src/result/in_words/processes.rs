//! What is known of processes that failed.

use crate::result::run::{CommandsResult, ProcessResult};

/// How many of the processes that failed were refused a token with 429, and how many failed.
pub(super) fn refused_processes(commands: &CommandsResult) -> (u64, u64) {
    let failed = |process: &&ProcessResult| process.exit_code != Some(0);
    let processes = commands.processes.iter().filter(failed);
    processes.fold((0, 0), |(refused, failed), process| {
        (refused + u64::from(process.refused > 0), failed + 1)
    })
}

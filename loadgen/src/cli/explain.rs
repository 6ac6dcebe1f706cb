//! `imds-loadgen explain`: one session of a result.

use std::path::PathBuf;

use clap::Args;

use super::baseline::not_stored;
use super::failure::Failure;
use crate::report::console::Console;
use crate::result::verdict::Verdict;
use crate::result::{explain, stored};

/// `explain`
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A result.json.
    pub result: PathBuf,
    /// The session's number, from 0.
    #[arg(long, value_name = "N")]
    pub session: u32,
}

impl Explain {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let result = stored::result(&self.result).map_err(not_stored)?;
        let explanation = explain::explain(&result, self.session).map_err(Failure::usage)?;
        console.print(&explanation).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }
}

//! `imds-loadgen explain`: one session of a result, or of a run that is played for it.

use std::path::PathBuf;

use clap::Args;

use super::baseline::not_stored;
use super::failure::Failure;
use super::run_arguments::{changed, generation};
use super::simulate::simulated;
use crate::report::console::Console;
use crate::result::run::RunResult;
use crate::result::verdict::Verdict;
use crate::result::{explain, stored};
use crate::scenario::context::Generation;
use crate::scenario::definition::Overrides;

/// The stories that are kept of a run that is played for an explanation; of more sessions the seed chooses them.
const TRACES: u32 = 10_000;

/// `explain`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// A result.json; with --seed a scenario, which is played in virtual time.
    pub result: PathBuf,
    /// The session's number, from 0. Without it: the first that failed, or if none did, the last that ended.
    #[arg(long, value_name = "N")]
    pub session: Option<u32>,
    /// Play the scenario with this seed, as `simulate` does; a summary of many runs names the seeds of its worst run and of
    /// the first that failed.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Give every group this client.
    #[arg(long, value_name = "NAME", requires = "seed")]
    pub client: Option<String>,
    /// Give every group this many sessions.
    #[arg(long, value_name = "N", requires = "seed")]
    pub count: Option<u32>,
    /// Explain the Azure context of every group that has one so.
    #[arg(long, value_parser = generation, value_name = "NAME", requires = "seed")]
    pub context: Option<Generation>,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen explain out/result.json --session 22
  imds-loadgen explain scheduled-jobs --seed 7";

impl Explain {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let result = match self.seed {
            Some(_) => self.played()?,
            None => stored::result(&self.result).map_err(not_stored)?,
        };
        let session = self.session.unwrap_or_else(|| explain::worst(&result));
        let explanation = explain::explain(&result, session).map_err(Failure::usage)?;
        console.print(&explanation).map_err(Failure::not_printed)?;
        Ok(Verdict::Passed)
    }

    fn played(&self) -> Result<RunResult, Failure> {
        let overrides = Overrides {
            seed: self.seed,
            client: self.client.clone(),
            count: self.count,
            context: self.context.clone(),
        };
        let mut scenario = changed(&self.result, &overrides)?;
        scenario.traces = TRACES;
        Ok(RunResult::new(&scenario, &simulated(&scenario)?))
    }
}

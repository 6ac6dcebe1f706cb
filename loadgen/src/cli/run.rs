//! `imds-loadgen run`: runs a scenario in real time.

use anyhow::anyhow;
use clap::Args;
use imds_client::Endpoint;
use imds_emulator::isolation;

use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::live;
use super::run_arguments::{RunArguments, quoted};
use super::stopwatch::Stopwatch;
use crate::engine::target::{self, Allowed, Asked};
use crate::report::Document;
use crate::report::console::Console;
use crate::report::made::Made;
use crate::result::run::RunResult;
use crate::result::stored;
use crate::result::verdict::Verdict;

/// `run`
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Run {
    /// What to play.
    #[command(flatten)]
    pub arguments: RunArguments,
    /// Where the sessions ask, such as <http://127.0.0.1:16925>; by default an embedded emulator.
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// Play in a network of this program's own, in which 169.254.169.254:80 is the embedded emulator and no other host
    /// or port can be reached, so that sessions ask at the address that programs have built in. Linux only.
    #[arg(long, conflicts_with = "target")]
    pub at_metadata_address: bool,
    /// Let load go to a target that is not a loopback address.
    #[arg(long)]
    pub allow_remote_target: bool,
    /// Let load go to the real metadata address too, which throttles every program of the VM.
    #[arg(long, requires = "allow_remote_target")]
    pub allow_metadata_address: bool,
    /// What to hold the result against.
    #[command(flatten)]
    pub baseline: Baseline,
    /// Show no progress.
    #[arg(long, short)]
    pub quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  imds-loadgen run herd
  imds-loadgen run scheduled-jobs --out out --report html,junit
  imds-loadgen run mine.toml --target http://127.0.0.1:16925
  imds-loadgen run herd --at-metadata-address";

impl Run {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let arguments = &self.arguments;
        let scenario = arguments.load()?;
        let asked = self.asked()?;
        let base = self.baseline.load(stored::result)?;
        arguments.publishing.make_folder()?;
        let watch = Stopwatch::start();
        if self.at_metadata_address {
            isolation::enter().map_err(Failure::could_not_run)?;
        }
        let raw = live::run("", &scenario, asked, self.quiet, console);
        let raw = raw.map_err(Failure::CouldNotRun)?;
        let mut result = RunResult::new(&scenario, &raw);
        let replay = self.replay(scenario.seed);
        result.replay = Some(replay.clone());
        let base = base.filter(|_| !result.cut_short);
        let comparison = self.baseline.compare(base.as_ref(), &result);
        let made = Made {
            replay: &replay,
            played: Some(watch.played()),
            comparison: of(&comparison),
        };
        arguments
            .publishing
            .publish(Document::Run(&result), made, console)?;
        known(&raw.unknown_identities)?;
        let compared = hold(comparison?, arguments, console)?;
        Ok(result.verdict.and(compared))
    }

    fn asked(&self) -> Result<Asked, Failure> {
        Ok(match &self.target {
            Some(url) => Asked::Target(self.endpoint(url)?),
            None if self.at_metadata_address => Asked::AtMetadataAddress,
            None => Asked::Embedded,
        })
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, Failure> {
        let allowed = Allowed {
            remote: self.allow_remote_target,
            metadata_address: self.allow_metadata_address,
        };
        target::endpoint(url, allowed).map_err(Failure::usage)
    }

    /// The command that repeats the run.
    fn replay(&self, seed: u64) -> String {
        let command = self.arguments.replay("run", seed);
        match &self.target {
            Some(target) => format!("{command} --target {}", quoted(target)),
            None if self.at_metadata_address => format!("{command} --at-metadata-address"),
            None => command,
        }
    }
}

/// Refuses a run whose target did not know the scenario's identities: it says nothing of clients.
fn known(unknown: &[String]) -> Result<(), Failure> {
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Failure::CouldNotRun(anyhow!(
        "the target refuses identities of the scenario, so all sessions failed. `imds-loadgen scenarios config SCENARIO \
         >vm.toml` and `imds-emulator serve --config vm.toml` serve them. Refused:\n{}",
        unknown.join("\n")
    )))
}

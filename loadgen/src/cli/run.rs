//! `imds-loadgen run`: runs a scenario in real time.

use clap::Args;
use imds_client::Endpoint;

use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::live;
use super::run_arguments::RunArguments;
use super::stopwatch::Stopwatch;
use crate::engine::target::{self, Allowed};
use crate::report::Document;
use crate::report::console::Console;
use crate::report::made::Made;
use crate::result::run::RunResult;
use crate::result::stored;
use crate::result::verdict::Verdict;
use crate::scenario::shell::quoted;

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
  imds-loadgen run mine.toml --target http://127.0.0.1:16925";

impl Run {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let arguments = &self.arguments;
        let scenario = arguments.load()?;
        let target = self.target.as_deref().map(|url| self.endpoint(url));
        let target = target.transpose()?;
        let base = self.baseline.load(stored::result)?;
        arguments.publishing.make_folder()?;
        let watch = Stopwatch::start();
        let raw = live::run("", &scenario, target, self.quiet, console);
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
        let compared = hold(comparison?, arguments, console)?;
        Ok(result.verdict.and(compared))
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
            None => command,
        }
    }
}

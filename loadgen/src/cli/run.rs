//! `imds-loadgen run`: runs a scenario in real time.

use anyhow::anyhow;
use clap::Args;

use super::asking::Asking;
use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::live;
use super::run_arguments::RunArguments;
use super::stopwatch::Stopwatch;
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
    /// What the sessions ask.
    #[command(flatten)]
    pub asking: Asking,
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
        let one_vm = scenario.check_one_vm(
            "live sessions share the processor, the profile and the files of one machine",
        );
        one_vm.map_err(|expected| Failure::expected(&expected))?;
        let asked = self.asking.asked()?;
        let base = self.baseline.load(stored::result)?;
        arguments.publishing.make_folder()?;
        let watch = Stopwatch::start();
        self.asking.prepare()?;
        let raw = live::run("", &scenario, asked, self.quiet, console);
        let mut raw = raw.map_err(Failure::CouldNotRun)?;
        let mut result = RunResult::mergeable(&scenario, &mut raw);
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
        let compared = hold(comparison?, &arguments.publishing, console)?;
        Ok(result.verdict.and(compared))
    }

    /// The command that repeats the run.
    fn replay(&self, seed: u64) -> String {
        self.asking.after(self.arguments.replay("run", seed))
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

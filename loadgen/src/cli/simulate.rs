//! `imds-loadgen simulate`: plays a scenario in virtual time, once or often.

use clap::Args;

use super::baseline::Baseline;
use super::failure::Failure;
use super::play::Play;
use crate::engine::simulate;
use crate::record::raw::Raw;
use crate::report::Document;
use crate::report::console::Console;
use crate::result::run::RunResult;
use crate::result::stored;
use crate::result::summary::Runs;
use crate::result::verdict::Verdict;
use crate::scenario::story::Scenario;

/// `simulate`
#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// What to play.
    #[command(flatten)]
    pub play: Play,
    /// Play this many times, with the seed, the seed + 1 and so on, and sum up.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub runs: u32,
    /// What to hold the result against.
    #[command(flatten)]
    pub baseline: Baseline,
}

impl Simulate {
    pub(super) fn run(&self, console: &mut Console) -> Result<Verdict, Failure> {
        if self.runs == 1 {
            self.once(console)
        } else {
            self.often(console)
        }
    }

    fn once(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let play = &self.play;
        let scenario = play.load()?;
        let base = self.baseline.load(stored::result)?;
        play.make_folder()?;
        let mut result = RunResult::new(&scenario, &simulated(&scenario)?);
        let replay = play.replay("simulate", scenario.seed);
        result.replay = Some(replay.clone());
        play.publish(Document::Run(&result), &replay, console)?;
        let base = base.filter(|_| !result.cut_short);
        let compared = self.baseline.hold(base.as_ref(), &result, play, console)?;
        Ok(result.verdict.and(compared))
    }

    fn often(&self, console: &mut Console) -> Result<Verdict, Failure> {
        let (play, runs) = (&self.play, self.runs);
        let mut scenario = play.load()?;
        let base = self.baseline.load(stored::summary)?;
        play.make_folder()?;
        scenario.traces = 0;
        let mut sum = Runs::default();
        for run in scenario.runs(runs) {
            sum.add(&RunResult::new(&run, &simulated(&run)?));
        }
        let mut summary = sum.summary();
        let replay = format!("{} --runs {runs}", play.replay("simulate", scenario.seed));
        summary.replay = Some(replay.clone());
        play.publish(Document::Runs(&summary), &replay, console)?;
        let compared = self.baseline.hold(base.as_ref(), &summary, play, console)?;
        Ok(summary.verdict.and(compared))
    }
}

/// Plays the scenario in virtual time.
pub(super) fn simulated(scenario: &Scenario) -> Result<Raw, Failure> {
    simulate::simulate(scenario).map_err(Failure::usage)
}

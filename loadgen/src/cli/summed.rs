//! What `simulate --runs` and `merge` make of many runs.

use super::baseline::{Baseline, hold, of};
use super::failure::Failure;
use super::publishing::Publishing;
use super::stopwatch::Stopwatch;
use crate::report::Document;
use crate::report::console::Console;
use crate::report::csv;
use crate::report::made::Made;
use crate::result::command_line::CommandLine;
use crate::result::summary::failing::FailingRuns;
use crate::result::summary::{Runs, Summary};
use crate::result::verdict::Verdict;

/// How many runs were played, and what is wanted of them.
pub(super) struct Summed<'s> {
    /// What the commands that repeat runs name.
    pub command: &'s CommandLine,
    /// The seed of the first run.
    pub first_seed: u64,
    pub publishing: &'s Publishing,
    pub baseline: &'s Baseline,
    /// The earlier summary, if there is one.
    pub base: Option<Summary>,
    /// Since when they were played; none: elsewhere, and that is not known.
    pub watch: Option<Stopwatch>,
}

impl Summed<'_> {
    /// Prints and writes the summary, with what to change in the first run of the most frequent failure.
    pub(super) fn publish(
        self,
        sum: Runs,
        to_change: impl FnOnce(&FailingRuns) -> Result<Option<String>, Failure>,
        console: &mut Console,
    ) -> Result<Verdict, Failure> {
        let table = csv::runs(self.first_seed, &sum.columns());
        let mut summary = sum.summary();
        if let Some(failing) = &mut summary.failing {
            failing.to_change = to_change(failing)?;
        }
        summary.explained_by(|seed| self.command.with("explain", seed));
        let replay = self.command.many(self.first_seed, summary.runs);
        summary.replay = Some(replay.clone());
        let comparison = self.baseline.compare(self.base.as_ref(), &summary);
        let made = Made {
            replay: &replay,
            played: self.watch.map(Stopwatch::played),
            comparison: of(&comparison),
        };
        let (document, more) = (Document::Runs(&summary), vec![("runs.csv", table)]);
        self.publishing
            .publish_with(document, more, made, console)?;
        let compared = hold(comparison?, self.publishing, console)?;
        Ok(summary.verdict.and(compared))
    }
}

//! What many runs of one scenario came to, each with a seed of its own.

pub(crate) mod counts;
pub(crate) mod failing;
mod figure;
pub(crate) mod in_words;
pub(crate) mod reader;
pub(crate) mod subject;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::distribution::rank;
use crate::result::judging;
use crate::result::reading::{self, ReadError};
pub(crate) use crate::result::spread::Spread;
use crate::result::spread::at_rank;
use crate::result::summary::failing::{Causes, FailingRuns};
use crate::result::summary::reader::Badness;
pub(crate) use crate::result::summary::reader::{Reader, SummedRun};
use crate::result::summary::subject::is_of_tokens;
pub(crate) use crate::result::summary::subject::{Expected, Subject};
use crate::result::verdict::Verdict;

/// The version of the summary document.
pub(crate) const SCHEMA: u32 = 1;

/// The runs whose own figures a summary keeps, the first of them: more would make a comparison no surer, and the document
/// of 100,000 runs ten times as long.
const KEPT: usize = 10_000;

/// How often an expectation was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MetIn {
    /// The path in the result document.
    pub path: String,
    /// The expectation as the scenario writes it.
    pub expected: String,
    /// The number of runs in which it was met.
    pub met: u32,
    /// The number of runs in which nothing was measured of it.
    #[serde(default)]
    pub not_measured: u32,
}

impl MetIn {
    /// In no run so far.
    fn none(expected: &Expected) -> Self {
        let Expected { path, expected } = expected.clone();
        Self {
            path,
            expected,
            met: 0,
            not_measured: 0,
        }
    }

    /// In how many of so many runs, in words.
    #[must_use]
    pub(crate) fn told(&self, runs: u32) -> String {
        let not_measured = match self.not_measured {
            0 => String::new(),
            runs => format!(" (not measured in {runs})"),
        };
        format!("{} of {runs}{not_measured}", self.met)
    }
}

/// One run of many, by which it can be played again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct OneRun {
    /// Its seed.
    pub seed: u64,
    /// The command that plays it and explains a session of it; null: the runs were not made by a command.
    pub explain: Option<String>,
}

/// The result of many runs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Summary {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The seed of the first run; run i has this seed + i.
    pub first_seed: u64,
    /// The command that plays the same again; null: the runs were not made by a command.
    #[serde(default)]
    pub replay: Option<String>,
    /// How many runs there were.
    pub runs: u32,
    /// How many sessions each group had; of one that ends by time, how many users.
    pub groups: BTreeMap<String, u64>,
    /// How many of the runs passed.
    pub passed: u32,
    /// Passed by runs.
    pub passed_ratio: f64,
    /// The spread of figures over the runs, by their paths in the result document.
    pub metrics: BTreeMap<String, Spread>,
    /// The runs' own figures in the order of their seeds, by their paths: of the first 10,000 runs at most. Null is
    /// "never"; of refusals and other failures it is that there were none.
    #[serde(default)]
    pub samples: BTreeMap<String, Vec<Option<f64>>>,
    /// The run in which the fewest sessions succeeded; of several the one with the longest p99 of the time to token, then
    /// with the longest makespan, then the first.
    #[serde(default)]
    pub worst: Option<OneRun>,
    /// The first run that failed; null: every run passed.
    #[serde(default)]
    pub first_failed: Option<OneRun>,
    /// The runs in which sessions failed, and their most frequent failure; left out: no session failed in any run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<FailingRuns>,
    /// How often each expectation was met.
    pub expectations: Vec<MetIn>,
    /// Passed if every run did.
    pub verdict: Verdict,
}

/// Sums runs up as they come, so that no result needs to be kept.
#[derive(Debug)]
pub(crate) struct Runs {
    subject: Subject,
    passed: u32,
    count: u32,
    /// Each figure of the subject in each run.
    figures: Vec<Vec<f64>>,
    worst: Option<Badness>,
    first_failed: Option<u64>,
    causes: Causes,
    expectations: Vec<MetIn>,
}

impl Extend<SummedRun> for Runs {
    fn extend<I: IntoIterator<Item = SummedRun>>(&mut self, runs: I) {
        for run in runs {
            self.add(run);
        }
    }
}

impl Runs {
    /// No run so far.
    #[must_use]
    pub(crate) fn of(subject: Subject) -> Self {
        Self {
            passed: 0,
            count: 0,
            figures: subject.figures.iter().map(|_| vec![]).collect(),
            worst: None,
            first_failed: None,
            causes: Causes::default(),
            expectations: subject.expectations.iter().map(MetIn::none).collect(),
            subject,
        }
    }

    /// Counts one more run, in the order of their seeds.
    pub(crate) fn add(&mut self, run: SummedRun) {
        let badness = run.badness;
        self.count += 1;
        if run.passed {
            self.passed += 1;
        } else {
            self.first_failed.get_or_insert(badness.seed);
        }
        if self.worst.is_none_or(|worst| badness.is_worse_than(&worst)) {
            self.worst = Some(badness);
        }
        self.causes.add(run.cause, badness.seed);
        for (figures, figure) in self.figures.iter_mut().zip(run.figures) {
            figures.push(figure);
        }
        for (sum, judged) in self.expectations.iter_mut().zip(run.judged) {
            sum.met += u32::from(judged.met);
            sum.not_measured += u32::from(!judged.measured);
        }
    }

    /// The figures that were asked for, of all runs in the order of their seeds; if none was, all figures. Infinity is
    /// "never"; what is not a number was not measured.
    pub(crate) fn columns(&self) -> Vec<(&str, &[f64])> {
        let Subject { figures, asked, .. } = &self.subject;
        let all = figures.iter().zip(&self.figures);
        let wanted = all.filter(|(path, _)| asked.is_empty() || asked.contains(path));
        wanted
            .map(|(path, figures)| (path.as_str(), figures.as_slice()))
            .collect()
    }

    /// The summary of the runs so far.
    #[must_use]
    pub(crate) fn summary(self) -> Summary {
        let all_passed = self.passed == self.count;
        let one = |seed| OneRun {
            seed,
            explain: None,
        };
        let Subject {
            figures: paths,
            scenario,
            groups,
            first_seed,
            clients,
            ..
        } = self.subject;
        let samples = paths.iter().zip(&self.figures).map(|(path, figures)| {
            let kept = figures.iter().take(KEPT);
            (path.clone(), kept.map(|figure| finite(*figure)).collect())
        });
        let samples = samples.collect();
        Summary {
            schema: SCHEMA,
            scenario,
            first_seed,
            replay: None,
            runs: self.count,
            groups,
            passed: self.passed,
            passed_ratio: f64::from(self.passed) / f64::from(self.count.max(1)),
            samples,
            metrics: paths
                .into_iter()
                .zip(self.figures)
                .map(|(path, figures)| (path, Spread::of(figures)))
                .collect(),
            worst: self.worst.map(|worst| one(worst.seed)),
            first_failed: self.first_failed.map(one),
            failing: self.causes.failing(&clients),
            expectations: self.expectations,
            verdict: if all_passed {
                Verdict::Passed
            } else {
                Verdict::Failed
            },
        }
    }
}

fn finite(figure: f64) -> Option<f64> {
    figure.is_finite().then_some(figure)
}

impl Summary {
    /// Reads a summary from the text of the file called `name`. Keys that it does not know are left
    /// alone.
    ///
    /// # Errors
    /// If the text is no summary, or one of another version.
    pub(crate) fn from_json(name: &str, text: &str) -> Result<Self, ReadError> {
        reading::read(name, text, "a summary of `simulate --runs N`", SCHEMA)
    }

    /// Gives each named run the command that explains the run of a seed.
    pub(crate) fn explained_by(&mut self, command: impl Fn(u64) -> String) {
        for run in self.worst.iter_mut().chain(&mut self.first_failed) {
            run.explain = Some(command(run.seed));
        }
    }

    /// The figures that there is anything to show of: in runs without a request for a token, none of tokens.
    pub(crate) fn shown_metrics(&self) -> impl Iterator<Item = (&String, &Spread)> {
        let attempts = self.metrics.get("attempts.total");
        let tokens = attempts.is_none_or(|spread| spread.max != Some(0.0));
        let metrics = self.metrics.iter();
        metrics.filter(move |(path, _)| tokens || !is_of_tokens(path))
    }

    /// The runs that can be played again and explained, with what each is.
    pub(crate) fn named_runs(&self) -> impl Iterator<Item = (&'static str, &OneRun)> {
        let worst = self.worst.iter().map(|run| ("worst run", run));
        let failed = self.first_failed.iter().map(|run| ("first failed", run));
        worst.chain(failed)
    }

    /// The runs' own figures at a path: infinity for "never", not a number for what was not measured. None: the document
    /// does not have them.
    pub(crate) fn figures_of_runs(&self, path: &str) -> Option<Vec<f64>> {
        let absent = judging::absent(path);
        let samples = self.samples.get(path)?.iter();
        Some(samples.map(|figure| figure.unwrap_or(absent)).collect())
    }
}

/// The median by nearest rank: the lower of both middle figures of an even number of them. None is
/// "never", for which infinity stands, and the median of nothing.
pub(crate) fn lower_median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    at_rank(&figures, rank(figures.len() as u64, 500))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_has_nearest_ranks() {
        let spread = Spread::of((1..=100).rev().map(f64::from).collect());
        let found = [spread.min, spread.p5, spread.p50, spread.p95, spread.max];
        assert_eq!(found, [1.0, 5.0, 50.0, 95.0, 100.0].map(Some));
    }

    #[test]
    fn a_median_is_the_lower_of_both_middle_figures_and_may_be_never() {
        assert_eq!(lower_median(vec![4.0, 1.0, 3.0, 2.0]), Some(2.0));
        assert_eq!(lower_median(vec![3.0, 1.0, f64::INFINITY]), Some(3.0));
        assert_eq!(lower_median(vec![f64::INFINITY, 1.0, f64::INFINITY]), None);
        assert_eq!(lower_median(vec![]), None);
    }

    #[test]
    fn never_is_the_greatest() {
        let spread = Spread::of(vec![f64::INFINITY, 1.0, 2.0]);
        assert_eq!(
            (spread.min, spread.p50, spread.max),
            (Some(1.0), Some(2.0), None)
        );
    }
}

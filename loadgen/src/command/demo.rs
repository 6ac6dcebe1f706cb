//! Scenarios that show what this project is about: the herd fails; then each remedy, by which the same jobs succeed, with
//! what it costs. The remedies that change no script come first.
//!
//! Each part of the demo is a scenario of the library, so that it is tested, and can be run, like any other.

mod page;
pub(crate) mod part;
pub(crate) mod report_folder;
mod summary;
pub(crate) mod text;

use crate::record::raw::Raw;
use crate::result::remedies::Remedies;
use crate::result::run::RunResult;
use crate::result::verdict::Verdict;
use crate::scenario::definition::Scenario;

use self::part::{PARTS, Part};

/// A part of the demo, and its result.
#[derive(Clone, Debug)]
pub(crate) struct PartResult {
    pub part: Part,
    pub result: RunResult,
    /// What happened, in a sentence.
    pub summary: String,
}

/// All parts that were run.
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    pub parts: Vec<PartResult>,
    /// All remedies for the jobs of the first part, played in virtual time.
    pub remedies: Option<Remedies>,
}

impl Demo {
    /// Runs the parts one after the other, and stops after one that was cut short.
    /// `verb` is the subcommand that does what `run` does: `run` or `simulate`.
    ///
    /// # Errors
    /// Those of `run`.
    ///
    /// # Panics
    /// Never: the library has the parts, and its scenarios are tested.
    pub(crate) fn run<E>(
        verb: &str,
        mut run: impl FnMut(&Part, &Scenario) -> Result<Raw, E>,
    ) -> Result<Self, E> {
        let mut parts = vec![];
        for part in PARTS {
            let scenario = part.scenario();
            let raw = run(&part, &scenario)?;
            parts.push(PartResult::new(part, &scenario, &raw, verb));
            if raw.cut_short {
                break;
            }
        }
        Ok(Self {
            parts,
            remedies: None,
        })
    }

    /// Whether every part met its expectations.
    #[must_use]
    pub(crate) fn verdict(&self) -> Verdict {
        let passed = |finished: &PartResult| finished.result.verdict == Verdict::Passed;
        if self.is_whole() && self.parts.iter().all(passed) {
            Verdict::Passed
        } else {
            Verdict::Failed
        }
    }

    /// Whether every part was run to its end.
    #[must_use]
    pub(crate) fn is_whole(&self) -> bool {
        self.parts.len() == PARTS.len()
            && self.parts.iter().all(|finished| !finished.result.cut_short)
    }
}

impl PartResult {
    fn new(part: Part, scenario: &Scenario, raw: &Raw, verb: &str) -> Self {
        let mut result = RunResult::new(scenario, raw);
        let (scenario_name, seed) = (part.scenario_name, scenario.seed);
        result.replay = Some(format!("imds-loadgen {verb} {scenario_name} --seed {seed}"));
        Self {
            part,
            summary: summary::of(&part, &result),
            result,
        }
    }

    /// The command that repeats it.
    #[must_use]
    pub(crate) fn replay(&self) -> &str {
        self.result.replay.as_deref().unwrap_or_default()
    }
}

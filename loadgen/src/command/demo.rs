//! The story that this project is about, in three acts: the herd fails; spread out it succeeds; at once again,
//! with a better retry, it succeeds, too.
//!
//! The acts are scenarios of the library, so that each is tested, and can be played, like any other.

pub(crate) mod act;
mod page;
pub(crate) mod stage;
mod tale;
pub(crate) mod text;

use crate::record::raw::Raw;
use crate::result::run::RunResult;
use crate::result::verdict::Verdict;
use crate::scenario::story::Scenario;

use self::act::{ACTS, Act};

/// An act, and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    pub act: Act,
    pub result: RunResult,
    /// What happened, in a sentence.
    pub tale: String,
}

/// All acts that were played.
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    pub acts: Vec<Played>,
}

impl Demo {
    /// Plays the acts one after the other; the end of one that was cut short is the end of all.
    /// `verb` is the command that `play` is: `run` or `simulate`.
    ///
    /// # Errors
    /// Those of `play`.
    ///
    /// # Panics
    /// Never: the library has the acts, and its scenarios are tested.
    pub(crate) fn play<E>(
        verb: &str,
        mut play: impl FnMut(&Act, &Scenario) -> Result<Raw, E>,
    ) -> Result<Self, E> {
        let mut acts = vec![];
        for act in ACTS {
            let scenario = act.scenario();
            let raw = play(&act, &scenario)?;
            acts.push(Played::new(act, &scenario, &raw, verb));
            if raw.cut_short {
                break;
            }
        }
        Ok(Self { acts })
    }

    /// Whether the story came out as it is told.
    #[must_use]
    pub(crate) fn verdict(&self) -> Verdict {
        let as_told = |played: &Played| played.result.verdict == Verdict::Passed;
        if self.is_whole() && self.acts.iter().all(as_told) {
            Verdict::Passed
        } else {
            Verdict::Failed
        }
    }

    /// Whether every act was played to its end.
    #[must_use]
    pub(crate) fn is_whole(&self) -> bool {
        self.acts.len() == ACTS.len() && self.acts.iter().all(|played| !played.result.cut_short)
    }
}

impl Played {
    fn new(act: Act, scenario: &Scenario, raw: &Raw, verb: &str) -> Self {
        let mut result = RunResult::new(scenario, raw);
        let (story, seed) = (act.story, scenario.seed);
        result.replay = Some(format!("imds-loadgen {verb} {story} --seed {seed}"));
        Self {
            act,
            tale: tale::of(&act, &result),
            result,
        }
    }

    /// The command that plays it again.
    #[must_use]
    pub(crate) fn replay(&self) -> &str {
        self.result.replay.as_deref().unwrap_or_default()
    }
}

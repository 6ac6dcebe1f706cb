//! The story that this project is about, in three acts: the herd fails; spread out it succeeds; at once again,
//! with a better retry, it succeeds, too.
//!
//! The acts are scenarios of the library, so that each is tested, and can be played, like any other.

mod stage;
mod tale;

use crate::result::run::{Raw, RunResult, Verdict};
use crate::scenario::library;
use crate::scenario::story::Scenario;

pub use self::stage::{Stage, StageError};

/// One part of the story.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// The folder that its report is written into.
    pub name: &'static str,
    /// The scenario of the library that it is.
    pub story: &'static str,
    /// What it is called.
    pub title: &'static str,
}

/// The acts in their order.
pub const ACTS: [Act; 3] = [
    Act {
        name: "herd",
        story: "demo-herd",
        title: "All at once",
    },
    Act {
        name: "spread",
        story: "demo-spread",
        title: "Spread out",
    },
    Act {
        name: "retry",
        story: "demo-retry",
        title: "Better retry",
    },
];

/// An act, and what came of it.
#[derive(Clone, Debug)]
pub struct Played {
    /// The act.
    pub act: Act,
    /// Its result.
    pub result: RunResult,
    /// What happened, in a sentence.
    pub tale: String,
}

/// All acts that were played.
#[derive(Clone, Debug)]
pub struct Demo {
    /// In their order.
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
    pub fn play<E>(
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
    pub fn verdict(&self) -> Verdict {
        let as_told = |played: &Played| played.result.verdict == Verdict::Passed;
        if self.is_whole() && self.acts.iter().all(as_told) {
            Verdict::Passed
        } else {
            Verdict::Failed
        }
    }

    /// Whether every act was played to its end.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.acts.len() == ACTS.len() && self.acts.iter().all(|played| !played.result.cut_short)
    }
}

impl Act {
    fn scenario(&self) -> Scenario {
        let story = library::find(self.story).expect("the library has the acts");
        let scenario = Scenario::from_toml(self.story, story.text);
        let mut scenario = scenario.expect("the suite holds the library to its format");
        scenario.traces = scenario.sessions();
        scenario
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
    pub fn replay(&self) -> &str {
        self.result.replay.as_deref().unwrap_or_default()
    }
}

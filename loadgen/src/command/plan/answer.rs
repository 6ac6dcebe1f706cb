//! The answer of a search: the document, and whether it can be trusted.

use serde::Serialize;

use super::trial::Trial;

/// The version of the document.
pub(crate) const SCHEMA: u32 = 1;

/// What was searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sought {
    /// The most sessions.
    Sessions,
    /// The least spread of a herd, in milliseconds.
    SpreadMs,
}

/// The document of a search.
#[expect(clippy::struct_field_names, reason = "fields are keys of the document")]
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answer {
    /// The version of this document.
    pub schema: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The group that was changed.
    pub group: String,
    /// The policy of its client.
    pub client: String,
    /// What was searched for.
    pub sought: Sought,
    /// What is required, each as a path of the result and what it has to be.
    pub required: Vec<String>,
    /// The share of runs in which all of it has to be met.
    pub confidence: f64,
    /// How many runs each try had.
    pub runs: u32,
    /// The seed of the first run of each try; run i has this seed + i.
    pub seed: u64,
    /// The answer: sessions, or milliseconds; null: there is none within the search's range.
    pub answer: Option<f64>,
    /// The end of the range: the most sessions or milliseconds that were allowed.
    pub max: f64,
    /// Whether no try speaks against the answer: all on its one side hold, none on the other does.
    pub monotone: bool,
    /// Every try, by its value.
    pub trials: Vec<Trial>,
}

impl Answer {
    /// The tries that speak against the answer.
    pub(crate) fn against(&self) -> impl Iterator<Item = &Trial> {
        let tries = self.trials.iter();
        tries.filter(|trial| against(self.sought, self.answer, trial))
    }

    /// The try of the answer itself.
    #[must_use]
    pub(crate) fn trial(&self) -> Option<&Trial> {
        let answer = self.answer?;
        let same = |trial: &&Trial| (trial.value - answer).abs() < f64::EPSILON;
        self.trials.iter().find(same)
    }
}

/// Whether a try speaks against this answer.
pub(super) fn against(sought: Sought, answer: Option<f64>, trial: &Trial) -> bool {
    let fits = match (sought, answer) {
        (_, None) => false,
        (Sought::Sessions, Some(answer)) => trial.value <= answer,
        (Sought::SpreadMs, Some(answer)) => trial.value >= answer,
    };
    trial.holds != fits
}

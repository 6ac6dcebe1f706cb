//! Answers of the user's own, which come before those of the stub.
//!
//! The first in the list that fits a request and is not used up answers it. Nothing here writes bytes or
//! waits.

mod answer;
mod pattern;
mod report;

use std::sync::Arc;

pub use answer::CustomAnswer;
pub use pattern::{Pattern, Sent};
pub use report::AnswerReport;

/// The answers of a stub, and how often each was given.
#[derive(Debug, Default)]
pub struct CustomAnswers(Vec<Planned>);

#[derive(Debug)]
struct Planned {
    answer: Arc<CustomAnswer>,
    given: u64,
}

impl CustomAnswers {
    /// Answers that were not given so far.
    #[must_use]
    pub fn new(answers: &[Arc<CustomAnswer>]) -> CustomAnswers {
        let answers = answers.iter().cloned();
        CustomAnswers(answers.map(Planned::new).collect())
    }

    /// Adds some behind the others, all of them or none: there may be `most` at once.
    ///
    /// # Errors
    /// When there is no room, or one before it takes all requests of one of them.
    pub fn add(&mut self, most: usize, answers: Vec<Arc<CustomAnswer>>) -> Result<(), CannotAdd> {
        if self.0.len() + answers.len() > most {
            return Err(CannotAdd::TooMany(most));
        }
        for answer in &answers {
            let mut earlier = self.0.iter().map(|planned| planned.answer.as_ref());
            if let Some(earlier) = earlier.find(|earlier| earlier.hides(answer)) {
                return Err(CannotAdd::WithoutEffect(earlier.name.clone()));
            }
        }
        self.0.extend(answers.into_iter().map(Planned::new));
        Ok(())
    }

    /// Removes those of that name; whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|planned| planned.answer.name != name);
        self.0.len() < before
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How often each was given, in the order of the list.
    #[must_use]
    pub fn report(&self) -> Vec<AnswerReport> {
        let planned = self.0.iter();
        planned
            .map(|planned| AnswerReport::of(&planned.answer, planned.given))
            .collect()
    }

    /// The one that answers a request, and its place in the list.
    pub(super) fn find(&self, sent: &Sent<'_>) -> Option<(usize, Arc<CustomAnswer>)> {
        let mut planned = self.0.iter().enumerate();
        let (index, found) = planned.find(|(_, planned)| planned.answers(sent))?;
        Some((index, Arc::clone(&found.answer)))
    }

    /// Counts that the one at that place is given.
    pub(super) fn give(&mut self, index: usize) {
        self.0[index].given += 1;
    }
}

/// Why an answer cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotAdd {
    /// There are so many already.
    #[error("expected {0} answers at most; DELETE /resource_manager/answers removes them")]
    TooMany(usize),
    /// The one of that name, without `times`, takes every request that it fits.
    #[error("it has no effect: `{0}`, which has no `times`, answers every such request before it")]
    WithoutEffect(String),
}

impl Planned {
    fn new(answer: Arc<CustomAnswer>) -> Planned {
        Planned { answer, given: 0 }
    }

    fn answers(&self, sent: &Sent<'_>) -> bool {
        !self.answer.is_used_up(self.given) && self.answer.pattern.fits(sent)
    }
}

#[cfg(test)]
mod tests;

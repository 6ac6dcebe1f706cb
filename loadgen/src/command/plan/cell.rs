//! One cell of a plan: the search for the answer under one set of assumptions.

use std::collections::BTreeMap;

use super::question::Question;
use super::search::{Scale, Side, Tries};
use super::trial::{Attempted, Rules};
use crate::engine::simulate::failure::SimulateError;
use crate::result::plan::{Decision, Interval, Trial};
use crate::scenario::definition::Scenario;

/// The runs by which the search guesses about where the turn is.
const GUESS_RUNS: u32 = 200;

/// A search under way.
pub(super) struct Cell<'p> {
    scenario: Scenario,
    question: &'p Question,
    rules: &'p Rules,
    tries: BTreeMap<u32, Attempted>,
    tried: &'p (dyn Fn(&Trial) + Sync),
}

/// What a search found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The step of the answer: the last that holds, or the first.
    pub(super) step: Option<u32>,
    pub(super) interval: Interval,
    pub(super) decided: bool,
    pub(super) monotone: bool,
    /// Every try, by its value.
    pub(super) trials: Vec<Trial>,
    pub(super) runs: u64,
}

impl<'p> Cell<'p> {
    /// `tried` is called after each try that is decided or not to be.
    pub(super) fn new(
        scenario: Scenario,
        question: &'p Question,
        rules: &'p Rules,
        tried: &'p (dyn Fn(&Trial) + Sync),
    ) -> Self {
        Self {
            scenario,
            question,
            rules,
            tries: BTreeMap::new(),
            tried,
        }
    }

    /// About where the turn is, by few runs: the last step that seems to be as the first one; 0: none.
    ///
    /// # Errors
    /// If a policy hardly waits, so that virtual time does not advance.
    pub(super) fn guess(&mut self, scale: Scale) -> Result<u32, SimulateError> {
        scale.seeming(self)
    }

    /// Whether a step is decided to hold.
    ///
    /// # Errors
    /// As of [`Cell::guess`].
    pub(super) fn holds(&mut self, step: u32) -> Result<bool, SimulateError> {
        let decision = self.play(step, self.rules.most_runs)?;
        Ok(decision == Decision::Holds)
    }

    /// Searches on this scale, whose first step is one session, or no time at all.
    ///
    /// # Errors
    /// If a policy hardly waits, so that virtual time does not advance.
    pub(super) fn search(
        mut self,
        scale: Scale,
        look_around: bool,
    ) -> Result<Found, SimulateError> {
        let turn = scale.turn(&mut self)?;
        if look_around {
            let answer = if self.question.is_most() {
                turn.near
            } else {
                turn.far
            };
            self.look_around(answer.unwrap_or(1), scale.most)?;
        }
        Ok(self.found(scale.most))
    }

    /// Looks whether the answer is one of several turns.
    fn look_around(&mut self, answer: u32, most: u32) -> Result<(), SimulateError> {
        let part = |of: u32, by: u32| answer.saturating_mul(of) / by;
        let near = [
            part(1, 4),
            part(1, 2),
            part(3, 4),
            part(5, 4),
            part(3, 2),
            part(2, 1),
            part(4, 1),
        ];
        for step in near.into_iter().filter(|step| (1..=most).contains(step)) {
            self.play(step, GUESS_RUNS)?;
        }
        Ok(())
    }

    /// The turn by all that was decided: the last step that is near before the first that is far.
    pub(super) fn found(self, most: u32) -> Found {
        let sides: Vec<(u32, Side)> = self
            .tries
            .iter()
            .map(|(step, tried)| (*step, self.side(tried.decision())))
            .collect();
        let at = |side| {
            sides
                .iter()
                .filter(move |(_, one)| *one == side)
                .map(|(step, _)| *step)
        };
        let (least_far, most_near) = (at(Side::Far).min(), at(Side::Near).max());
        let monotone = least_far
            .zip(most_near)
            .is_none_or(|(far, near)| near < far);
        let (near, far) = if self.question.is_most() {
            let before = |step: &u32| least_far.is_none_or(|far| *step < far);
            (at(Side::Near).filter(before).max(), least_far)
        } else {
            let behind = |step: &u32| most_near.is_none_or(|near| *step > near);
            (most_near, at(Side::Far).filter(behind).min())
        };
        let (step, low, high) = self.ends(near, far, most);
        let value = |step: u32| self.question.value(self.steps(step));
        let decided = far.map_or(near == Some(most), |far| near.unwrap_or(0) + 1 == far);
        let trials: Vec<Trial> = self
            .tries
            .iter()
            .map(|(step, tried)| tried.trial(value(*step), self.rules))
            .collect();
        Found {
            step: step.map(|step| self.steps(step)),
            interval: Interval {
                low: low.map(value),
                high: high.map(value),
            },
            decided,
            monotone,
            runs: trials.iter().map(|trial| u64::from(trial.runs)).sum(),
            trials,
        }
    }

    /// The answer, and where the turn lies.
    fn ends(
        &self,
        near: Option<u32>,
        far: Option<u32>,
        most: u32,
    ) -> (Option<u32>, Option<u32>, Option<u32>) {
        if self.question.is_most() {
            let before = far.map(|far| far - 1);
            return (near, near, before);
        }
        let behind = near.map_or(Some(1), |near| (near < most).then_some(near + 1));
        (far, behind, far)
    }

    fn play(&mut self, step: u32, runs: u32) -> Result<Decision, SimulateError> {
        let steps = self.steps(step);
        let Self {
            scenario,
            question,
            rules,
            ..
        } = self;
        let begin = || Attempted::new(question.changed(scenario, steps), rules);
        let tried = self.tries.entry(step).or_insert_with(begin);
        let decision = tried.play(rules, runs)?;
        (self.tried)(&tried.trial(question.value(steps), rules));
        Ok(decision)
    }

    /// Where the least is sought, the first step is none at all.
    fn steps(&self, step: u32) -> u32 {
        if self.question.is_most() {
            step
        } else {
            step - 1
        }
    }

    fn side(&self, decision: Decision) -> Side {
        match (decision, self.question.is_most()) {
            (Decision::Undecided, _) => Side::Between,
            (Decision::Holds, true) | (Decision::Fails, false) => Side::Near,
            (Decision::Holds, false) | (Decision::Fails, true) => Side::Far,
        }
    }
}

impl Tries for Cell<'_> {
    type Error = SimulateError;

    fn seems_near(&mut self, step: u32) -> Result<bool, SimulateError> {
        let decision = self.play(step, GUESS_RUNS)?;
        Ok(match self.side(decision) {
            Side::Near => true,
            Side::Far => false,
            Side::Between => self.tries[&step].seems_to_hold(self.rules) == self.question.is_most(),
        })
    }

    fn decide(&mut self, step: u32) -> Result<Side, SimulateError> {
        let decision = self.play(step, self.rules.most_runs)?;
        Ok(self.side(decision))
    }
}

#[cfg(test)]
mod tests;

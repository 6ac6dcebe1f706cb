//! The same question under every other assumption, and the number that holds under all of them.
//!
//! A row is a guess by few runs: to decide each to the step would take minutes. The safe number is decided: it is played
//! under every assumption, and goes down until it holds under each.

use std::sync::{Mutex, PoisonError};

use super::assumption::Alternative;
use super::cell::{Cell, Found};
use super::question::Question;
use super::search::Scale;
use super::trial::Rules;
use crate::engine::pool::Cores;
use crate::engine::simulate::failure::SimulateError;
use crate::result::plan::{Row, Safe};
use crate::scenario::definition::Scenario;

/// How near to the turn the guesses are, as a part of it.
const PRECISION: f64 = 0.03;

/// What is played again under other assumptions.
#[derive(Clone, Copy)]
pub(super) struct Variation<'p> {
    pub(super) scenario: &'p Scenario,
    pub(super) question: &'p Question,
    pub(super) rules: &'p Rules,
    pub(super) scale: Scale,
}

/// What came of it.
pub(super) struct Varied {
    pub(super) rows: Vec<Row>,
    pub(super) safe: Safe,
}

/// A row that is being made.
struct Played<'p> {
    changed: Vec<Alternative>,
    cell: Mutex<Cell<'p>>,
    /// The step of the guess; none: no step seems to hold.
    guess: Option<u32>,
}

impl<'p> Variation<'p> {
    /// Plays all rows; `done` is called after each guess.
    pub(super) fn play(
        self,
        alternatives: &[Alternative],
        found: &Found,
        done: &(dyn Fn() + Sync),
    ) -> Result<Varied, SimulateError> {
        let rules = Rules {
            cores: Cores::One,
            ..self.rules.clone()
        };
        let own = found.step.map(|step| self.index(step));
        let guess = |index: usize| self.guess(&rules, &alternatives[index..=index]);
        let rows = Cores::All.share(alternatives.len(), guess, done);
        let mut rows = rows.into_iter().collect::<Result<Vec<Played>, _>>()?;
        let worst = self.worst(&rows, own);
        if worst.len() > 1 {
            rows.push(self.guess(&rules, &worst)?);
        }
        let safe = self.safe(&rows, own)?;
        let rows = rows.into_iter().map(|played| self.row(played));
        Ok(Varied {
            rows: rows.collect(),
            safe,
        })
    }

    fn guess<'r>(
        self,
        rules: &'r Rules,
        changed: &[Alternative],
    ) -> Result<Played<'r>, SimulateError>
    where
        'p: 'r,
    {
        let mut scenario = self.scenario.clone();
        for one in changed {
            one.apply(&mut scenario);
        }
        let scale = Scale {
            precision: PRECISION,
            ..self.scale
        };
        let mut cell = Cell::new(scenario, self.question, rules, &|_| ());
        let turn = cell.guess(scale)?;
        let guess = if self.question.is_most() {
            Some(turn).filter(|turn| *turn > 0)
        } else {
            Some(turn + 1).filter(|first| *first <= self.scale.most)
        };
        Ok(Played {
            changed: changed.to_vec(),
            cell: Mutex::new(cell),
            guess,
        })
    }

    /// Of each assumption the value with the worst guess, where that is worse than the answer itself.
    fn worst(self, rows: &[Played], own: Option<u32>) -> Vec<Alternative> {
        let mut worst: Vec<(Option<u32>, &Alternative)> = vec![];
        for row in rows {
            let one = &row.changed[0];
            let sofar = worst
                .iter_mut()
                .find(|(_, sofar)| sofar.assumption == one.assumption);
            let than = sofar.as_ref().map_or(own, |sofar| sofar.0);
            match sofar {
                _ if !self.is_worse(row.guess, than) => {}
                Some(sofar) => *sofar = (row.guess, one),
                None => worst.push((row.guess, one)),
            }
        }
        worst.into_iter().map(|(_, one)| one.clone()).collect()
    }

    /// No answer is worse than any.
    fn is_worse(self, guess: Option<u32>, than: Option<u32>) -> bool {
        match (guess, than) {
            (None, than) => than.is_some(),
            (Some(_), None) => false,
            (Some(guess), Some(than)) if self.question.is_most() => guess < than,
            (Some(guess), Some(than)) => guess > than,
        }
    }

    /// The number that is decided to hold in every row: from the worst guess on, ever easier.
    fn safe(self, rows: &[Played], own: Option<u32>) -> Result<Safe, SimulateError> {
        let mut binding = "the assumptions as they are".to_owned();
        let mut worst = own;
        for row in rows {
            if self.is_worse(row.guess, worst) {
                (worst, binding) = (row.guess, shown(&row.changed));
            }
        }
        let easiest = if self.question.is_most() {
            1
        } else {
            self.scale.most
        };
        let worst = worst.unwrap_or(easiest);
        let mut gap = 0;
        while let Some(step) = self.easier(worst, gap) {
            let Some(fails) = first_that_fails(rows, step)? else {
                let answer = Some(self.question.value(self.steps(step)));
                return Ok(Safe { answer, binding });
            };
            binding = shown(&rows[fails].changed);
            gap = (gap * 2).max(self.scale.gap(step).max(1));
        }
        Ok(Safe {
            answer: None,
            binding,
        })
    }

    /// A step that is easier by so many; none: there is none.
    fn easier(self, step: u32, gap: u32) -> Option<u32> {
        if self.question.is_most() {
            step.checked_sub(gap).filter(|step| *step > 0)
        } else {
            step.checked_add(gap)
                .filter(|step| *step <= self.scale.most)
        }
    }

    fn row(self, played: Played) -> Row {
        let value = played
            .guess
            .map(|step| self.question.value(self.steps(step)));
        let cell = played
            .cell
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let found = cell.found(self.scale.most);
        let (assumption, value_shown) = match &played.changed[..] {
            [one] => (one.assumption.name(), one.value.clone()),
            all => ("all", shown(all)),
        };
        Row {
            assumption: assumption.to_owned(),
            value: value_shown,
            answer: value,
            interval: found.interval,
            runs: found.runs,
        }
    }

    /// Where the least is sought, the first step is none at all.
    fn steps(self, step: u32) -> u32 {
        if self.question.is_most() {
            step
        } else {
            step - 1
        }
    }

    fn index(self, steps: u32) -> u32 {
        if self.question.is_most() {
            steps
        } else {
            steps + 1
        }
    }
}

fn shown(changed: &[Alternative]) -> String {
    let all = changed.iter().map(Alternative::shown);
    all.collect::<Vec<_>>().join(", ")
}

/// The first row in which a step is not decided to hold.
fn first_that_fails(rows: &[Played], step: u32) -> Result<Option<usize>, SimulateError> {
    let holds = |index: usize| {
        let cell = &rows[index].cell;
        cell.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .holds(step)
    };
    let holds = Cores::All.share(rows.len(), holds, || ());
    let holds = holds.into_iter().collect::<Result<Vec<bool>, _>>()?;
    Ok(holds.iter().position(|holds| !holds))
}

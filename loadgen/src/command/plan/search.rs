//! Where along a scale of whole steps an answer turns, when what is found by trying may be undecided.
//!
//! A cheap pass finds about where the turn is; then both sides of it are decided, as near to it as the precision asks.

/// The result of a try at one step, seen from the side on which the search starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// As at the first step.
    Near,
    /// As at the last step.
    Far,
    /// Not decided with the runs that there may be.
    Between,
}

/// What is tried.
pub(super) trait Tries {
    type Error;

    /// On which side a step seems to be, by few runs.
    fn seems_near(&mut self, step: u32) -> Result<bool, Self::Error>;

    /// On which side it is, by as many runs as it takes, if it can be decided.
    fn decide(&mut self, step: u32) -> Result<Side, Self::Error>;
}

/// The decided steps next to the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    /// The last step that is decided to be near; none: not even the first step is.
    pub near: Option<u32>,
    /// The first that is decided to be far; none: no step up to the last is.
    pub far: Option<u32>,
}

/// A scale of steps 1 to `most`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// The last step.
    pub most: u32,
    /// Where the search begins.
    pub begin: u32,
    /// How near to the turn both sides are decided, as a part of the step: 0 is to the step.
    pub precision: f64,
    /// Whether the first step that is far is the answer, and not the last that is near.
    pub first_far: bool,
}

impl Scale {
    /// Searches the turn.
    pub(super) fn turn<T: Tries>(self, tries: &mut T) -> Result<Turn, T::Error> {
        let seems = self.seeming(tries)?;
        let near = self.nearest(tries, seems)?;
        let far = self.farthest(tries, near.unwrap_or(0).max(seems), near)?;
        if self.first_far {
            let far = self.closer_far(tries, near, far)?;
            return Ok(Turn { near, far });
        }
        let near = self.closer(tries, near, far)?;
        Ok(Turn { near, far })
    }

    /// The last step that seems near; 0: none does.
    pub(super) fn seeming<T: Tries>(self, tries: &mut T) -> Result<u32, T::Error> {
        let (mut near, mut far) = (0, None);
        while far.is_none() && near < self.most {
            let next = near
                .saturating_mul(2)
                .clamp(self.begin.clamp(1, self.most), self.most);
            if tries.seems_near(next)? {
                near = next;
            } else {
                far = Some(next);
            }
        }
        let mut far = far.unwrap_or(near + 1);
        while far - near > self.gap(near) {
            let middle = near.midpoint(far);
            if tries.seems_near(middle)? {
                near = middle;
            } else {
                far = middle;
            }
        }
        Ok(near)
    }

    /// The first step below the seeming turn that is decided to be near.
    fn nearest<T: Tries>(self, tries: &mut T, seems: u32) -> Result<Option<u32>, T::Error> {
        let mut gap = if seems == self.most {
            0
        } else {
            self.gap(seems)
        };
        loop {
            let step = seems.saturating_sub(gap).max(1);
            match (tries.decide(step)?, step) {
                (Side::Near, _) => return Ok(Some(step)),
                (_, 1) => return Ok(None),
                _ => gap = gap.saturating_mul(2).max(self.gap(seems)),
            }
        }
    }

    /// The first step above it that is decided to be far.
    fn farthest<T: Tries>(
        self,
        tries: &mut T,
        seems: u32,
        near: Option<u32>,
    ) -> Result<Option<u32>, T::Error> {
        if near == Some(self.most) {
            return Ok(None);
        }
        let mut gap = self.gap(seems).max(1);
        loop {
            let step = seems.saturating_add(gap).min(self.most);
            match (tries.decide(step)?, step == self.most) {
                (Side::Far, _) => return Ok(Some(step)),
                (_, true) => return Ok(None),
                _ => gap = gap.saturating_mul(2),
            }
        }
    }

    /// Decides more steps above the last that is near, until the next one is not.
    fn closer<T: Tries>(
        self,
        tries: &mut T,
        near: Option<u32>,
        far: Option<u32>,
    ) -> Result<Option<u32>, T::Error> {
        let mut near = near;
        let mut other = far.unwrap_or(self.most.saturating_add(1));
        while let Some(step) = near
            && other - step > self.gap(step)
        {
            let middle = step.midpoint(other);
            match tries.decide(middle)? {
                Side::Near => near = Some(middle),
                Side::Between if self.is_near(step, middle) => break,
                Side::Far | Side::Between => other = middle,
            }
        }
        Ok(near)
    }

    /// Decides more steps below the first that is far, until the one before it is not.
    fn closer_far<T: Tries>(
        self,
        tries: &mut T,
        near: Option<u32>,
        far: Option<u32>,
    ) -> Result<Option<u32>, T::Error> {
        let mut far = far;
        let mut other = near.unwrap_or(0);
        while let Some(step) = far
            && step - other > self.gap(other)
        {
            let middle = other.midpoint(step);
            match tries.decide(middle)? {
                Side::Far => far = Some(middle),
                Side::Between if self.is_near(middle, step) => break,
                Side::Near | Side::Between => other = middle,
            }
        }
        Ok(far)
    }

    /// Whether a step that is not decided is so near to one that is that those between are left: they would take all
    /// the runs there may be, each.
    fn is_near(self, step: u32, other: u32) -> bool {
        self.precision > 0.0 && other - step <= 3 * self.gap(step)
    }

    /// How near to a step the turn is searched.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of a step"
    )]
    pub(super) fn gap(self, step: u32) -> u32 {
        ((f64::from(step) * self.precision) as u32).max(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use proptest::prelude::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::command::plan::evidence::{self, Evidence};

    /// Tries that know the turn.
    struct Known {
        turn: u32,
        asked: u32,
    }

    impl Tries for Known {
        type Error = Infallible;

        fn seems_near(&mut self, step: u32) -> Result<bool, Infallible> {
            self.asked += 1;
            Ok(step <= self.turn)
        }

        fn decide(&mut self, step: u32) -> Result<Side, Infallible> {
            Ok(if self.seems_near(step)? {
                Side::Near
            } else {
                Side::Far
            })
        }
    }

    proptest! {
        #[test]
        fn a_turn_that_is_known_is_found_in_few_tries(turn in 0_u32..3000, most in 1_u32..2000, begin in 1_u32..20, first_far: bool) {
            let mut tries = Known { turn, asked: 0 };
            let scale = Scale { most, begin, precision: 0.0, first_far };
            let found = scale.turn(&mut tries).expect("no errors");
            let near = turn.min(most);
            if !first_far {
                prop_assert_eq!(found.near, (near > 0).then_some(near));
            }
            prop_assert_eq!(found.far, (turn < most).then_some(near + 1));
            prop_assert!(tries.asked <= 40, "{}", tries.asked);
        }
    }

    /// Runs whose share falls by a thousandth with each step: 0.95 is the share of step 50.
    struct Drawn {
        seed: u64,
        runs: BTreeMap<u32, Evidence>,
    }

    const TARGET: f64 = 0.95;

    fn truth(step: u32) -> f64 {
        1.0 - f64::from(step) / 1000.0
    }

    impl Drawn {
        fn until(&mut self, step: u32, most: u32) -> &Evidence {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed << 32 | u64::from(step));
            let evidence = self.runs.entry(step).or_default();
            *evidence = Evidence::default();
            for run in 1..=most {
                let met = (0..20).filter(|_| rng.random_bool(truth(step))).count();
                evidence.add(u32::try_from(met).expect("few"), 20);
                if run % 32 == 0 && evidence.side(TARGET, 0.95, 1).is_some() {
                    break;
                }
            }
            evidence
        }
    }

    impl Tries for Drawn {
        type Error = Infallible;

        fn seems_near(&mut self, step: u32) -> Result<bool, Infallible> {
            Ok(self.until(step, 200).share() >= TARGET)
        }

        fn decide(&mut self, step: u32) -> Result<Side, Infallible> {
            Ok(match self.until(step, 1000).side(TARGET, 0.95, 1) {
                Some(evidence::Side::AtLeast) => Side::Near,
                Some(evidence::Side::Below) => Side::Far,
                None => Side::Between,
            })
        }
    }

    /// Of eighty plans at a confidence of 95 % four may answer what is not true; and the answers are near the truth.
    #[test]
    fn an_answer_that_is_not_true_is_as_seldom_as_the_confidence_says() {
        let answers = (0..80).map(|seed| {
            let scale = Scale {
                most: 900,
                begin: 8,
                precision: 0.0,
                first_far: false,
            };
            let turn = scale
                .turn(&mut Drawn {
                    seed,
                    runs: BTreeMap::new(),
                })
                .expect("no errors");
            turn.near.unwrap_or(0)
        });
        let answers: Vec<u32> = answers.collect();
        let wrong = answers
            .iter()
            .filter(|answer| truth(**answer) < TARGET)
            .count();
        let far = answers.iter().filter(|answer| **answer < 35).count();
        assert!(wrong <= 4 && far <= 4, "{answers:?}");
    }
}

//! Where along a scale of whole steps an answer turns, when what is found by trying may be undecided.
//!
//! A cheap pass finds about where the turn is; then both sides of it are decided, as near to it as the precision asks.

use std::ops::ControlFlow;

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
}

impl Scale {
    /// Searches the turn.
    pub(super) fn turn<T: Tries>(self, tries: &mut T) -> Result<Turn, T::Error> {
        let seems = self.seeming(tries)?;
        let near = self.nearest(tries, seems)?;
        let far = self.farthest(tries, near.unwrap_or(0).max(seems), near)?;
        let near = self.closer(tries, near, far)?;
        Ok(Turn { near, far })
    }

    /// The last step that seems near; 0: none does.
    fn seeming<T: Tries>(self, tries: &mut T) -> Result<u32, T::Error> {
        let (mut near, mut far) = (0, None);
        while far.is_none() && near < self.most {
            let next = near.saturating_mul(2).clamp(self.begin.clamp(1, self.most), self.most);
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
        let mut gap = if seems == self.most { 0 } else { self.gap(seems) };
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
                Side::Far | Side::Between => other = middle,
            }
        }
        Ok(near)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a step")]
    fn gap(self, step: u32) -> u32 {
        ((f64::from(step) * self.precision) as u32).max(1)
    }
}
